"""The statements told in their order, each by its verb, and folded together at the end.

One that is wrong keeps no other from being recorded; whoever wants all or none undoes the
transaction.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import bulk
from consents import outbox, services
from consents.choices import EventKind
from consents.fold import together
from consents.models import Acquisition, ConsentEvent, ContactPoint, Evidence, Suppression
from consents.recording.statements import Statement, wrong
from consents.recording.whom import Contacts
from consents.strangers import Stranger, keep_away
from processing.choices import ContactKind

# Codes of errors that programs act upon.
ERASED, UNKNOWN_CONSENT = "erased", "consent_unknown"


@dataclass(frozen=True)
class Outcome:
    """What became of a statement: the record that stands, or why it was refused."""

    record: ConsentEvent | Suppression | None = None
    is_new: bool = False
    error: ValidationError | None = None


@transaction.atomic
def record(statements: list[Statement | ValidationError], proof: Evidence) -> list[Outcome]:
    """Record ``statements``; returns the outcome of each, in their order.

    ``proof`` is the evidence of those that bring none. What could not even be read as a statement
    stands in the list as its error. IntegrityError: others wrote the same meanwhile, do it again.
    """
    checked = [_checked(each) for each in statements]
    batch = Batch([each for each in checked if isinstance(each, Statement)], proof)
    with together(batch.contacts):
        outcomes = [batch.outcome(each) for each in checked]
        batch.acquire()
    return outcomes


def _checked(statement: Statement | ValidationError) -> Statement | ValidationError:
    if isinstance(statement, ValidationError):
        return statement
    try:
        statement.check()
    except ValidationError as error:
        return error
    return statement


@dataclass
class Batch:
    """Statements that are right by themselves, and what they have come to so far."""

    statements: list[Statement]
    proof: Evidence
    contacts: Contacts = field(init=False)
    _newest: int = field(init=False)
    _told: set[int] = field(default_factory=set)
    _obtained: dict[tuple[ContactPoint, Any], date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.contacts = Contacts(self.statements)
        # The contacts are held: what is told of them later is told by this batch.
        self._newest = outbox.newest(ConsentEvent)

    def outcome(self, statement: Statement | ValidationError) -> Outcome:
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
        is_new = event.pk > self._newest and event.pk not in self._told
        self._told.add(event.pk)
        return Outcome(event, is_new)

    def _tell_of_stranger(self, said: Statement) -> Outcome:
        if said.kind == EventKind.CONFIRMED:
            raise unknown_consent()
        controller = said.purpose.activity.controller
        stranger = Stranger(controller, said.contact_kind, said.contact.value)
        entry, is_new = keep_away(
            stranger, words=self._evidence(said), moment=said.occurred_at, channel=said.channel
        )
        return Outcome(entry, is_new)

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
            return verb(point, said.purpose, said.channel, **facts)
        facts |= {"wording": said.wording, "valid_until": said.valid_until}
        event = services.give(point, said.purpose, said.channel, **facts)
        self._obtain(point, said)
        return event

    def _confirm(self, said: Statement, point: ContactPoint) -> ConsentEvent:
        given = _given(said, point)
        if given is None:
            raise unknown_consent()
        if given.needs_confirmation and said.source.confirmation_sent and _has_mailbox(point):
            raise wrong(
                "kind",
                "confirmed_by_letter",
                _("The person confirms this consent by the link in the letter, nobody else."),
            )
        # As they were read for the whole batch.
        given.contact_point, given.purpose, given.source = point, said.purpose, said.source
        return services.confirm(
            given,
            method=said.method,
            evidence=self._evidence(said),
            occurred_at=said.occurred_at,
        )

    def _evidence(self, said: Statement) -> Evidence:
        return said.evidence() or self.proof

    def _obtain(self, point: ContactPoint, said: Statement) -> None:
        day = timezone.localdate(said.occurred_at)
        known = self._obtained.get((point, said.source), day)
        self._obtained[point, said.source] = min(known, day)

    def acquire(self) -> None:
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


def unknown_consent() -> ValidationError:
    return wrong(
        "about", UNKNOWN_CONSENT, _("No such consent is known here. Record it, then confirm it.")
    )


def _given(said: Statement, point: ContactPoint) -> ConsentEvent | None:
    """The consent that is confirmed: the one named, else the latest until then."""
    given = ConsentEvent.objects.filter(
        contact_point=point,
        purpose=said.purpose,
        channel=said.channel,
        source=said.source,
        kind=EventKind.GIVEN,
    )
    if said.about:
        return given.filter(uuid=said.about).first()
    earlier = given.filter(occurred_at__lte=said.occurred_at)
    return earlier.order_by("-occurred_at", "-pk").first()


def _has_mailbox(point: ContactPoint) -> bool:
    return point.kind == ContactKind.EMAIL
