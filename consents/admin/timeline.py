"""What happened, newest first: acts of the person, restrictions, and what became of the contact."""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from audit import display
from audit.reasons import readable
from audit.steps import Step, newest_first
from consents.admin.shown import EVENTS, link, scope
from consents.choices import OF_THE_PERSON, EventKind
from consents.models import (
    ConfirmationLetter,
    Consent,
    ConsentEvent,
    ConsentImport,
    ContactPoint,
    DataSubject,
    Restriction,
    Suppression,
)


def restrictions_over(point: ContactPoint) -> QuerySet[Restriction]:
    """Restrictions told of ``point``, and rights of its person told through another contact."""
    of_the_person = Q(contact_point__subject=point.subject_id, kind__in=OF_THE_PERSON, channel=None)
    rows = Restriction.objects.filter(Q(contact_point=point) | of_the_person)
    return rows.select_related("purpose", "recorded_by")


def restrictions_of(subject: DataSubject) -> QuerySet[Restriction]:
    """Restrictions told of any contact of a person."""
    rows = Restriction.objects.filter(contact_point__subject=subject)
    return rows.select_related("purpose", "recorded_by")


def suppressions_of(points: Sequence[ContactPoint]) -> QuerySet[Suppression]:
    """Suppressions of contacts of one controller, by their keyed digests."""
    if not points:
        return Suppression.objects.none()
    digests = [point.hmac for point in points]
    rows = Suppression.objects.filter(controller=points[0].controller_id, hmac__in=digests)
    return rows.select_related("recorded_by")


def in_scope(rows: QuerySet, consent: Consent) -> QuerySet:
    """Of restrictions or suppressions, those that reach the consent's channel and purpose."""
    rows = rows.filter(Q(channel=None) | Q(channel=consent.channel))
    if rows.model is Restriction:
        rows = rows.filter(Q(purpose=None) | Q(purpose=consent.purpose_id))
    return rows


def stop_rows(stops: Iterable[Any]) -> list[dict[str, Any]]:
    """Restrictions and suppressions for ``consents/stops.html``, each with whether it stands."""
    stops = list(stops)
    lifted = {stop.lifts_id for stop in stops}
    return [
        {
            "what": link(_name(stop), stop),
            "scope": scope(stop),
            "since": since(stop),
            "badge": standing(stop, lifted),
        }
        for stop in stops
        if not stop.lifts_id
    ]


def since(stop: Any) -> datetime:
    """From when a restriction holds; a suppression holds from when it was recorded."""
    return getattr(stop, "effective_at", stop.recorded_at)


def standing(stop: Any, lifted: Container[int | None]) -> SafeString:
    """The badge that says whether a restriction or suppression holds now."""
    if stop.pk in lifted:
        return display.badge(_("Lifted"), "off")
    if stop.until and stop.until <= timezone.now():
        return display.badge(_("Past"), "off")
    return display.badge(_("Standing"), "bad", "slashed")


def steps(
    events: Iterable[ConsentEvent], stops: Iterable[Any], *, full: bool = False
) -> list[Step]:
    """Steps of a page, newest first; ``full`` names purpose and channel of every event."""
    events, stops = list(events), list(stops)
    imports, letters = _imports([*events, *stops]), _letters(events)
    found = [
        *(_event_step(event, imports, letters.get(event.pk), full) for event in events),
        *(_stop_step(stop, imports) for stop in stops),
    ]
    return newest_first(found)


def _imports(rows: list[Any]) -> dict[UUID, ConsentImport]:
    batches = {row.batch for row in rows if row.batch}
    if not batches:
        return {}
    return {each.batch: each for each in ConsentImport.objects.filter(batch__in=batches)}


def _letters(events: list[ConsentEvent]) -> dict[int, ConfirmationLetter]:
    """The letters about ``events``, by their keys; most pages have none that would need one."""
    asked = [event.pk for event in events if event.needs_confirmation]
    found = ConfirmationLetter.objects.filter(given__in=asked) if asked else ()
    return {letter.given_id: letter for letter in found}


def _event_step(
    event: ConsentEvent,
    imports: dict[UUID, ConsentImport],
    letter: ConfirmationLetter | None,
    full: bool,
) -> Step:
    tone, icon = EVENTS[EventKind(event.kind)]
    title = event.get_kind_display()
    if full:
        title = f"{title}: {event.purpose.name} · {event.get_channel_display()}"
    return Step(event.occurred_at, tone, icon, title, _meta(_event_facts(event, imports, letter)))


def _event_facts(
    event: ConsentEvent, imports: dict[UUID, ConsentImport], letter: ConfirmationLetter | None
) -> Iterator[Any]:
    if not event.own_time:
        yield _("dated by the file")
    if event.about:
        yield format_html(_("about the act of {}"), display.moment(event.about.occurred_at))
    if event.needs_confirmation:
        yield _("waits for confirmation")
    if letter:
        yield format_html(
            _("confirmation letter: {} {}"),
            letter.get_state_display().lower(),
            display.moment(letter.sent_at),
        )
    yield event.get_method_display()
    yield event.get_giver_display()
    yield event.source.name
    yield from _provenance(event, imports)


def _stop_step(stop: Any, imports: dict[UUID, ConsentImport]) -> Step:
    if stop.lifts_id:
        title, tone, icon = _("Lifted: %(what)s") % {"what": _name(stop)}, "info", "check"
    else:
        title, tone, icon = _name(stop), "bad", "slashed"
    return Step(since(stop), tone, icon, title, _meta([scope(stop), *_provenance(stop, imports)]))


def _name(stop: Any) -> str:
    if isinstance(stop, Suppression):
        return _("Suppression list: %(origin)s") % {"origin": stop.get_origin_display()}
    return stop.get_kind_display()


def _provenance(row: Any, imports: dict[UUID, ConsentImport]) -> Iterator[Any]:
    """When the house learned of it, from whom, by which way, and why."""
    yield format_html(_("recorded {}"), display.moment(row.recorded_at))
    who = str(row.recorded_by) if row.recorded_by else row.recorded_name
    if who:
        yield who
    if batch := imports.get(row.batch):
        yield link(str(batch), batch)
    elif not who:
        yield row.get_way_display()
    if line := getattr(row, "evidence_line", None):
        yield _("line %(line)d") % {"line": line}
    if row.reason:
        yield _quoted(readable(row.reason))


def _quoted(words: str) -> str:
    """In quotation marks, once: what a person said is often typed with them."""
    return words if words.startswith(("„", "“", '"')) else f"„{words}”"


def _meta(facts: Iterable[Any]) -> SafeString:
    return format_html_join(" · ", "{}", ((fact,) for fact in facts if fact))
