"""The statements told in their order, each by its verb, and folded together at the end.

One that is wrong keeps no other from being recorded; whoever wants all or none undoes the
transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import bulk
from audit.act import acting, new_batch
from consents import services
from consents.batch import Batch, together
from consents.choices import EventKind
from consents.models import (
    Acquisition,
    ConsentEvent,
    ContactPoint,
    Evidence,
    LeadSource,
    Suppression,
)
from consents.needing import Needed, is_natural, object_instead
from consents.recording.statements import Statement, wrong
from consents.recording.whom import Contacts
from consents.strangers import StrangersNo, keep_away

# Codes of errors that programs act upon.
ERASED, UNKNOWN_CONSENT = "erased", "consent_unknown"


@dataclass(frozen=True)
class Outcome:
    """What became of a statement: the record that stands, or why it was refused."""

    record: ConsentEvent | Suppression | None = None
    is_new: bool = False
    error: ValidationError | None = None


# Strangers are put on the suppression list together.
KEPT_AWAY_LATER = Outcome()


@transaction.atomic
def record(statements: list[Statement | ValidationError], proof: Evidence) -> list[Outcome]:
    """Record ``statements``; returns the outcome of each, in their order.

    ``proof`` is the evidence of those that bring none. What could not even be read as a statement
    stands in the list as its error. IntegrityError: others wrote the same meanwhile, do it again.
    """
    checked = [_checked(each) for each in statements]
    with acting(batch=new_batch() if len(checked) > 1 else None):
        told = Telling(Contacts([each for each in checked if isinstance(each, Statement)]), proof)
        return told.outcomes(checked)


def _checked(statement: Statement | ValidationError) -> Statement | ValidationError:
    if isinstance(statement, ValidationError):
        return statement
    try:
        statement.check()
    except ValidationError as error:
        return error
    return statement


class Telling:
    """Statements that are right by themselves, told one after another."""

    batch: Batch

    def __init__(self, contacts: Contacts, proof: Evidence) -> None:
        self.contacts, self.proof = contacts, proof
        self._told: set[UUID] = set()
        self._needed = Needed()
        self._nos: list[StrangersNo] = []
        self._obtained: dict[tuple[ContactPoint, LeadSource], date] = {}

    def outcomes(self, statements: list[Statement | ValidationError]) -> list[Outcome]:
        with together(self.contacts) as self.batch:
            outcomes = [self._outcome(statement) for statement in statements]
        self._acquire()
        kept = iter(keep_away(*self._nos))
        return [Outcome(*next(kept)) if o is KEPT_AWAY_LATER else o for o in outcomes]

    def _outcome(self, statement: Statement | ValidationError) -> Outcome:
        if isinstance(statement, ValidationError):
            return Outcome(error=statement)
        try:
            return self._tell(statement)
        except ValidationError as error:
            return Outcome(error=error)

    def _tell(self, said: Statement) -> Outcome:
        if said.kind == EventKind.GIVEN and self.contacts.is_erased(said):
            raise wrong("contact", ERASED, _("The person asked for erasure"))
        point = self.contacts.holder(said)
        if point is None:
            return self._tell_of_stranger(said)
        event = self._event(said, point)
        # What this batch adds is written at its end.
        is_new = event._state.adding and event.uuid not in self._told
        self._told.add(event.uuid)
        if said.kind == EventKind.WITHDRAWN and not self._needs_consent(said, point):
            at = None if said.is_now else said.occurred_at
            object_instead(point, said.purpose, said.channel, self._evidence(said), at=at)
        return Outcome(event, is_new)

    def _needs_consent(self, said: Statement, point: ContactPoint) -> bool:
        """Who it is, is asked only where it makes a difference."""
        company, person = (
            self._needed.of(said.purpose, said.channel, natural=natural)
            for natural in (False, True)
        )
        return person if company == person or is_natural(point) else company

    def _tell_of_stranger(self, said: Statement) -> Outcome:
        if said.kind == EventKind.CONFIRMED:
            raise unknown_consent()
        self._nos.append(
            StrangersNo(
                said.purpose.activity.controller,
                said.contact_kind,
                said.contact.value,
                said.occurred_at,
                self._evidence(said),
                channel=said.channel,
            )
        )
        return KEPT_AWAY_LATER

    def _event(self, said: Statement, point: ContactPoint) -> ConsentEvent:
        if said.kind == EventKind.CONFIRMED:
            return self._confirm(said, point)
        facts = {
            "source": said.source,
            "method": said.method,
            "evidence": self._evidence(said),
            "occurred_at": said.occurred_at,
            "giver": said.giver,
        }
        if said.kind != EventKind.GIVEN:
            verb = services.refuse if said.kind == EventKind.REFUSED else services.withdraw
            return verb(point, said.purpose, said.channel, is_now=said.is_now, **facts)
        facts |= {"wording": said.wording, "valid_until": said.valid_until}
        event = services.give(point, said.purpose, said.channel, **facts)
        self._obtain(point, said)
        return event

    def _confirm(self, said: Statement, point: ContactPoint) -> ConsentEvent:
        given = self._given(said, point)
        if given is None:
            raise unknown_consent()
        # As they were read for the whole batch.
        given.contact_point, given.purpose, given.source = point, said.purpose, said.source
        return services.confirm(
            given,
            method=said.method,
            evidence=self._evidence(said),
            occurred_at=_not_before(given, said),
        )

    def _given(self, said: Statement, point: ContactPoint) -> ConsentEvent | None:
        """The consent that is confirmed: the one named, else the latest until then."""
        given = [event for event in self.batch.of_point(point) if _is_consent_of(said, event)]
        if said.about:
            return next((event for event in given if event.uuid == said.about), None)
        earlier = [e for e in given if said.is_now or e.occurred_at <= said.occurred_at]
        return max(earlier, key=lambda event: event.occurred_at, default=None)

    def _evidence(self, said: Statement) -> Evidence:
        return said.evidence() or self.proof

    def _obtain(self, point: ContactPoint, said: Statement) -> None:
        day = timezone.localdate(said.occurred_at)
        known = self._obtained.get((point, said.source), day)
        self._obtained[point, said.source] = min(known, day)

    def _acquire(self) -> None:
        """Record where the contacts came from; told again, the earlier day holds (Art. 14)."""
        points = [point.pk for point, _source in self._obtained]
        known = {
            (acquisition.contact_point_id, acquisition.source_id): acquisition
            for acquisition in Acquisition.objects.filter(contact_point__in=points)
        }
        new = []
        for (point, source), day in self._obtained.items():
            acquisition = known.get((point.pk, source.pk))
            if acquisition is None:
                due_on = services.informing_due(source, day)
                new.append(
                    Acquisition(contact_point=point, source=source, obtained_on=day, due_on=due_on)
                )
            elif day < acquisition.obtained_on:
                services.acquire(point, source, obtained_on=day)
        bulk.create(new)


def _not_before(given: ConsentEvent, said: Statement) -> datetime:
    """Of a confirmation without a moment of its own: the consent's, if its clock is ahead."""
    return max(said.occurred_at, given.occurred_at) if said.is_now else said.occurred_at


def unknown_consent() -> ValidationError:
    return wrong(
        "about", UNKNOWN_CONSENT, _("No such consent is known here. Record it, then confirm it.")
    )


def _is_consent_of(said: Statement, event: ConsentEvent) -> bool:
    is_same = (event.purpose_id, event.channel) == (said.purpose.pk, said.channel)
    return event.kind == EventKind.GIVEN and is_same and event.source_id == said.source.pk
