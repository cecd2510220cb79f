"""How a verdict reads: the large yes or no, one sentence why, and what it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import display
from consents.choices import OF_THE_PERSON
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ConsentWording,
    Restriction,
    Suppression,
)
from processing.choices import Basis, Channel, Nature
from screening.check import Answer
from screening.question import Question
from screening.reasons import OBLIGATION, REASON
from screening.stops import STOP_CODES
from screening.verdict import Verdict, check_valid_until

YES = {
    # Translators: Tak, wolno zadzwonić
    Channel.VOICE: gettext_lazy("Yes, you may call"),
    # Translators: Tak, wolno połączyć automatem
    Channel.AUTOMATED_CALL: gettext_lazy("Yes, an automated call may go out"),
    # Translators: Tak, wolno wysłać SMS
    Channel.SMS: gettext_lazy("Yes, you may send an SMS"),
    # Translators: Tak, wolno wysłać e-mail
    Channel.EMAIL: gettext_lazy("Yes, you may send an e-mail"),
    # Translators: Tak, wolno napisać na komunikatorze
    Channel.MESSENGER: gettext_lazy("Yes, you may send a message"),
    # Translators: Tak, wolno wysłać powiadomienie
    Channel.PUSH: gettext_lazy("Yes, you may send a notification"),
    # Translators: Tak, wolno wysłać list
    Channel.POST: gettext_lazy("Yes, you may send a letter"),
}
NO = {
    # Translators: Nie dzwoń
    Channel.VOICE: gettext_lazy("Do not call"),
    # Translators: Nie łącz automatem
    Channel.AUTOMATED_CALL: gettext_lazy("Do not place an automated call"),
    # Translators: Nie wysyłaj SMS-a
    Channel.SMS: gettext_lazy("Do not send an SMS"),
    # Translators: Nie wysyłaj e-maila
    Channel.EMAIL: gettext_lazy("Do not send an e-mail"),
    # Translators: Nie pisz na komunikatorze
    Channel.MESSENGER: gettext_lazy("Do not send a message"),
    # Translators: Nie wysyłaj powiadomienia
    Channel.PUSH: gettext_lazy("Do not send a notification"),
    # Translators: Nie wysyłaj listu
    Channel.POST: gettext_lazy("Do not send a letter"),
}


@dataclass(frozen=True)
class Said:
    """A reason or an obligation as the card tells it."""

    sentence: str
    label: str = ""
    meta: str = ""
    law: str = ""


@dataclass(frozen=True)
class Fact:
    label: str | Promise
    text: Any
    law: str = ""
    badge: str = ""


@dataclass(frozen=True)
class Card:
    """One verdict, in words; ``links`` follow to records that the reader may open."""

    is_allowed: bool
    head: str
    why: str
    reasons: list[Said]
    obligations: list[Said]
    facts: list[Fact]
    note: str
    as_of: datetime
    valid_until: datetime
    is_past: bool


def card(answer: Answer, *, links: bool) -> Card:
    """The card of an answer that has a verdict."""
    question, verdict = answer.question, answer.verdict
    head = (YES if verdict.is_allowed else NO)[Channel(answer.channel)]
    return Card(
        is_allowed=verdict.is_allowed,
        head=str(head),
        why=_why(answer),
        reasons=[_reason(code, answer) for code in verdict.reasons],
        obligations=list(_obligations(answer)),
        facts=list(_facts(answer, links=links)),
        note=_note(question, verdict),
        as_of=question.at,
        valid_until=check_valid_until(question),
        is_past=check_valid_until(question) <= timezone.now(),
    )


def _why(answer: Answer) -> str:
    question, verdict = answer.question, answer.verdict
    place = {"purpose": answer.purpose.name, "channel": Channel(answer.channel).label}
    if not verdict.is_allowed:
        return str(REASON[verdict.reasons[0]].sentence)
    if verdict.since:
        # Translators: %(purpose)s, %(channel)s: zgoda z %(day)s obowiązuje. Nic nie stoi na
        # przeszkodzie.
        text = _(
            "%(purpose)s, %(channel)s: the consent of %(day)s holds. Nothing stands in the way."
        )
        return text % {**place, "day": _day(verdict.since)}
    if question.is_commercial:
        # Translators: %(purpose)s, %(channel)s: ten kanał nie wymaga zgody. Nic nie stoi na
        # przeszkodzie.
        text = _(
            "%(purpose)s, %(channel)s: this channel needs no consent. Nothing stands in the way."
        )
    else:
        # Translators: %(purpose)s, %(channel)s: kontakt bez reklamy nie wymaga zgody. Nic nie stoi
        # na przeszkodzie.
        text = _(
            "%(purpose)s, %(channel)s: contact without advertising needs no consent. Nothing "
            "stands in the way."
        )
    return text % place


def brief(answer: Answer) -> str:
    """Why, in the two or three words that a cell of the matrix has room for."""
    verdict = answer.verdict
    if verdict is None:
        # Translators: brak reguły kanału
        return _("no channel rule")
    if verdict.reasons:
        return str(REASON[verdict.reasons[0]].label)
    if verdict.since:
        # Translators: zgoda z %(day)s
        return _("consent of %(day)s") % {"day": _day(verdict.since)}
    # Translators: zgoda niepotrzebna
    return _("no consent needed")


def _note(question: Question, verdict: Verdict) -> str:
    if "unknown_contact" in verdict.reasons and question.purpose.nature == Nature.SERVICE:
        # Translators: Poza rejestrem decydują Wasze własne dane.
        return _("Outside the register your own records decide.")
    return ""


# Reasons -----------------------------------------------------------------------------------------


def _reason(code: str, answer: Answer) -> Said:
    reason = REASON[code]
    meta = _since(code, answer)
    return Said(str(reason.sentence), str(reason.label), meta, str(reason.law))


def _since(code: str, answer: Answer) -> str:
    """Since when a reason stands, and how far it reaches."""
    if code in STOP_CODES:
        return _of_restriction(code, answer)
    if code == "suppressed":
        return _of_suppression(answer)
    if code in ("refused", "withdrawn") and answer.verdict.since:
        return _on(answer.verdict.since)
    return ""


def _of_restriction(code: str, answer: Answer) -> str:
    question, point = answer.question, answer.point
    standing = Restriction.objects.standing(question.at, question.known_at).filter(
        kind__in=STOP_CODES[code], contact_point__subject=point.subject_id
    )
    for found in standing.order_by("-effective_at", "-pk"):
        reaches = found.contact_point_id == point.pk or (
            found.kind in OF_THE_PERSON and not found.channel
        )
        if reaches and found.channel in (None, answer.channel):
            channel = found.get_channel_display() if found.channel else _("every channel")
            return f"{_on(found.effective_at)}, {channel}"
    return ""


def _of_suppression(answer: Answer) -> str:
    question = answer.question
    standing = Suppression.objects.standing(question.at, question.known_at).filter(
        controller=question.controller_id, hmac=answer.point.hmac
    )
    found = standing.order_by("recorded_at").first()
    return f"{found.get_origin_display()}, {_on(found.recorded_at)}" if found else ""


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localdate(moment), "DATE_FORMAT")


def _on(moment: datetime) -> str:
    # Translators: od %(day)s
    return _("since %(day)s") % {"day": _day(moment)}


# Obligations -------------------------------------------------------------------------------------


def _obligations(answer: Answer) -> Iterator[Said]:
    for code in answer.verdict.obligations:
        obligation = OBLIGATION[code]
        sentence = str(obligation.sentence) % _words(answer)
        yield Said(sentence, meta=str(obligation.when), law=str(obligation.law))


def _words(answer: Answer) -> dict[str, str]:
    acquired = Acquisition.objects.filter(contact_point=answer.point).select_related("source")
    first = acquired.order_by("obtained_on", "pk").first()
    return {
        "source": first.source.name if first else "",
        # "sp. z o.o." ends a sentence by itself.
        "controller": answer.purpose.activity.controller.name.rstrip("."),
        "hours": settings.CONTACT_HOURS,
        "recording": _said(t.recording_sentence for t in answer.question.tools if t.records_calls)
        # Translators: Ta rozmowa jest nagrywana.
        or _("This call is recorded."),
        "ai": _said(t.ai_sentence for t in answer.question.tools if t.talks_to_people)
        # Translators: Rozmawia Pani/Pan z automatem, nie z człowiekiem.
        or _("You are talking to a machine, not to a person."),
    }


def _said(sentences: Iterable[str]) -> str:
    """The sentences of several tools, each once."""
    return " ".join(dict.fromkeys(filter(None, sentences)))


# Evidence ----------------------------------------------------------------------------------------


def _facts(answer: Answer, *, links: bool) -> Iterator[Fact]:
    question, verdict = answer.question, answer.verdict
    yield Fact(_("Legal basis"), Basis(answer.purpose.basis).label, answer.purpose.basis_law)
    for rule in question.rules:
        required = question.is_commercial and rule.consent_required
        # Translators: wymagana zgoda / zgoda niewymagana
        text = _("consent required") if required else _("no consent required")
        yield Fact(_("Channel rule"), text, rule.provision)
    if verdict.event_id:
        yield from _of_the_consent(verdict, links=links)
    yield from _of_the_registers(question, links=links)
    yield Fact(_("State as of"), display.moment(question.at))


def _of_the_registers(question: Question, *, links: bool) -> Iterator[Fact]:
    if test := question.balance_test:
        text = _linked(str(test), "legitimate_interest_balancetest", test.pk, links=links)
        yield Fact(_("Balance test"), text)
    if told := question.notice:
        names = {"notice": told.notice.name, "number": told.number}
        text = _("%(notice)s, version %(number)d") % names
        yield Fact(
            _("Privacy notice"), _linked(text, "notices_noticeversion", told.pk, links=links)
        )
    if tool := question.tool:
        text = _linked(str(tool), "processors_automationtool", tool.pk, links=links)
        yield Fact(_("Tool"), text)


def _of_the_consent(verdict: Verdict, *, links: bool) -> Iterator[Fact]:
    event = ConsentEvent.objects.select_related("source").get(pk=verdict.event_id)
    said = format_html("{} {}", event.get_kind_display(), display.moment(event.occurred_at))
    consent = Consent.objects.only("pk").get(
        contact_point=event.contact_point_id, purpose=event.purpose_id, channel=event.channel
    )
    yield Fact(_("Event"), _linked(said, "consents_consent", consent.pk, links=links))
    if verdict.wording_id:
        wording = ConsentWording.objects.get(pk=verdict.wording_id)
        text = _linked(str(wording), "consents_consentwording", wording.pk, links=links)
        yield Fact(_("Wording"), text)
    source = _linked(event.source.name, "consents_leadsource", event.source_id, links=links)
    yield Fact(_("Lead source"), source)


def _linked(text: Any, record: str, key: int, *, links: bool) -> Any:
    if not links:
        return text
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{record}_change", args=[key]), text)
