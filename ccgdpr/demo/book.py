"""Gathers what people of the demo did, then writes it down set-based."""

import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit import bulk
from audit.act import acting
from audit.choices import Way
from ccgdpr.demo.imports import Batch
from ccgdpr.demo.names import Names
from ccgdpr.demo.registers import OWN
from consents import fold
from consents.choices import EventKind, EvidenceKind, Giver, Method, RestrictionKind, SubjectKind
from consents.contacts import keyed_hmac, normalise
from consents.models import (
    Acquisition,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    Evidence,
    LeadSource,
    Restriction,
    SourceWording,
    Suppression,
    month_after,
)
from consents.services import end_of
from processing.choices import ContactKind
from processing.models import Purpose
from processors.models import Organisation

RECORDED_AS = {
    Method.FORM: (Way.API, EvidenceKind.FORM),
    Method.LINK: (Way.LINK, EvidenceKind.FORM),
    Method.SMS: (Way.API, EvidenceKind.WORDS),
    Method.CALL: (Way.ADMIN, EvidenceKind.RECORDING),
    Method.IMPORT: (Way.IMPORT, EvidenceKind.IMPORT_FILE),
}


@dataclass
class Person:
    """Somebody of the demo, with the numbers and addresses they have."""

    subject: DataSubject
    batch: Batch | None = None
    points: dict[str, ContactPoint] = field(default_factory=dict)

    @property
    def email(self) -> ContactPoint:
        return self.points[ContactKind.EMAIL]

    @property
    def phone(self) -> ContactPoint:
        return self.points[ContactKind.PHONE]


class Book:
    """Everything is dated relative to ``now``; nothing reaches the database before ``write``."""

    def __init__(self, team: dict[str, User], seed: int) -> None:
        self.now = timezone.now()
        self.dice = random.Random(seed)  # noqa: S311 (invented people, no secrets)
        self.names = Names(self.dice)
        self.team = team
        self.organisations = {o.slug: o for o in Organisation.objects.all()}
        self.purposes = {p.slug: p for p in Purpose.objects.all()}
        self.sources = {s.slug: s for s in LeadSource.objects.select_related("controller")}
        self.shown = list(SourceWording.objects.select_related("wording").order_by("pk"))
        self.people: list[Person] = []
        self.events: list[ConsentEvent] = []
        self.proofs: dict[int, Evidence] = {}
        self.restrictions: list[Restriction] = []
        self.suppressions: list[Suppression] = []
        self.acquisitions: list[tuple[Batch | None, Acquisition]] = []

    # When ----------------------------------------------------------------------------------------

    def moment(self, oldest: int, newest: int) -> datetime:
        """Between so many days ago, in the waking hours, to the second."""
        days = self.dice.randint(newest, oldest)
        day = timezone.localtime(self.now - timedelta(days=days))
        return day.replace(
            hour=self.dice.randint(8, 19),
            minute=self.dice.randint(0, 59),
            second=self.dice.randint(0, 59),
            microsecond=0,
        )

    def later(self, than: datetime, *, days: int) -> datetime:
        """Some time within ``days`` after, never in the future."""
        after = than + timedelta(minutes=self.dice.randint(60, days * 24 * 60))
        return min(after, self.now - timedelta(minutes=self.dice.randint(5, 600)))

    # Who -----------------------------------------------------------------------------------------

    def person(
        self,
        *,
        since: datetime,
        kind: str = SubjectKind.PERSON,
        controller: str = OWN,
        batch: Batch | None = None,
        contacts: tuple[str, ...] = (ContactKind.EMAIL, ContactKind.PHONE),
        minor_since: date | None = None,
    ) -> Person:
        first, last = self.names.person()
        named = kind != SubjectKind.COMPANY
        subject = DataSubject(
            controller=self.organisations[controller],
            kind=kind,
            first_name=first if named else "",
            last_name=last if named else "",
            company_name="" if kind == SubjectKind.PERSON else self.names.company(),
            external_id=f"KL-{len(self.people) + 1:05d}",
            minor_since=minor_since,
            created_at=since,
        )
        person = Person(subject, batch)
        self.people.append(person)
        for contact in contacts:
            self.point(person, contact, self._value(subject, contact), since=since)
        return person

    def point(self, person: Person, kind: str, value: str, *, since: datetime) -> ContactPoint:
        contact = normalise(kind, value)
        person.points[kind] = ContactPoint(
            controller=person.subject.controller,
            subject=person.subject,
            kind=kind,
            value=contact.value,
            key=contact.key,
            hmac=keyed_hmac(kind, contact.key),
            created_at=since,
        )
        return person.points[kind]

    def _value(self, subject: DataSubject, kind: str) -> str:
        if kind == ContactKind.EMAIL:
            words = (subject.first_name, subject.last_name) if subject.first_name else ("biuro",)
            return self.names.email(*words)
        return self.names.phone() if kind == ContactKind.PHONE else self.names.postal()

    # What they did -------------------------------------------------------------------------------

    def acquired(
        self, person: Person, source: str, on: datetime, *, informed_on: date | None = None
    ) -> None:
        """Art. 13 at an own source; at others the month of Art. 14 runs until ``informed_on``."""
        from_others = self.sources[source].is_from_others
        day = timezone.localdate(on)
        for point in person.points.values():
            acquisition = Acquisition(
                contact_point=point,
                source=self.sources[source],
                obtained_on=day,
                due_on=month_after(day) if from_others else None,
                informed_on=informed_on,
                informed_how="e-mail z klauzulą art. 14 RODO" if informed_on else "",
                created_at=on,
            )
            self.acquisitions.append((person.batch, acquisition))

    def given(
        self, point: ContactPoint, purpose: str, channel: str, at: datetime, **told: Any
    ) -> ConsentEvent:
        source = self.sources[told.setdefault("source", "web-form")]
        wording = self._wording(source, purpose, channel, at)
        asks = told.pop("needs_confirmation", source.confirmation_asked)
        return self._tell(
            EventKind.GIVEN,
            point,
            purpose,
            channel,
            at,
            wording=wording,
            needs_confirmation=asks,
            valid_until=end_of(wording, at),
            **told,
        )

    def refused(self, *act: Any, **told: Any) -> ConsentEvent:
        return self._tell(EventKind.REFUSED, *act, **told)

    def withdrawn(self, *act: Any, **told: Any) -> ConsentEvent:
        return self._tell(EventKind.WITHDRAWN, *act, **told)

    def confirmed(self, event: ConsentEvent, at: datetime) -> ConsentEvent:
        return self._about(event, EventKind.CONFIRMED, at, method=Method.LINK)

    def invalidated(self, event: ConsentEvent, at: datetime, reason: str) -> ConsentEvent:
        return self._about(
            event, EventKind.INVALIDATED, at, method=Method.CALL, by=Role.DPO, reason=reason
        )

    def _about(self, event: ConsentEvent, kind: str, at: datetime, **told: Any) -> ConsentEvent:
        return self._tell(
            kind,
            event.contact_point,
            event.purpose.slug,
            event.channel,
            at,
            source=event.source.slug,
            about=event,
            **told,
        )

    def _tell(
        self,
        kind: str,
        point: ContactPoint,
        purpose: str,
        channel: str,
        at: datetime,
        *,
        source: str,
        method: str = Method.FORM,
        by: str | None = None,
        reason: str = "",
        batch: Batch | None = None,
        giver: str = Giver.USER,
        **facts: Any,
    ) -> ConsentEvent:
        event = ConsentEvent(
            contact_point=point,
            purpose=self.purposes[purpose],
            channel=channel,
            kind=kind,
            occurred_at=at,
            source=self.sources[source],
            giver=giver,
            method=method,
            **facts,
            **self._recorded(method, at, by, reason, batch),
        )
        self._prove(event, method, batch)
        self.events.append(event)
        return event

    def _recorded(
        self, method: str, at: datetime, by: str | None, reason: str, batch: Batch | None
    ) -> dict[str, Any]:
        """Who learned of it, when: forms at once, calls within the hour, files when imported."""
        if batch:
            by, recorded_at = Role.DPO, batch.applied_at
        else:
            delay = 3600 if method == Method.CALL else 3
            recorded_at = at + timedelta(seconds=self.dice.randint(1, delay))
        user = self.team[by] if by else None
        return {
            "recorded_at": min(recorded_at, self.now),
            "recorded_by": user,
            "recorded_name": user.email if user else "",
            "way": RECORDED_AS[method][0] if by or method != Method.CALL else Way.API,
            "reason": reason,
            "batch": batch.batch if batch else None,
        }

    def _prove(self, record: Any, method: str, batch: Batch | None = None) -> None:
        """Evidence of its own, or the line of the file that it stood in."""
        if batch:
            record.evidence_line = batch.next_line()
            self.proofs[id(record)] = batch.evidence
            return
        body = {
            Method.FORM: {"formularz": "/zgody", "ip": f"192.0.2.{self.dice.randint(1, 254)}"},
            Method.LINK: {"strona": "/z/", "ip": f"198.51.100.{self.dice.randint(1, 254)}"},
            Method.CALL: {"nagranie": f"R-{self.dice.randint(10**7, 10**8 - 1)}", "od": "00:41"},
            Method.SMS: {"tresc": "STOP"},
        }[method]
        kind = RECORDED_AS[method][1]
        self.proofs[id(record)] = Evidence.of(kind, json.dumps(body, ensure_ascii=False))

    def _wording(
        self, source: LeadSource, purpose: str, channel: str, at: datetime
    ) -> ConsentWording | None:
        """What the source showed then, as services.wording_shown finds it."""
        for shown in self.shown:
            here = shown.source_id == source.pk and shown.wording.channel == channel
            of_purpose = shown.wording.purpose_id == self.purposes[purpose].pk
            until = shown.shown_until or self.now + timedelta(days=1)
            if here and of_purpose and shown.shown_from <= at < until:
                return shown.wording
        return None

    # What keeps them from being contacted --------------------------------------------------------

    def restricted(
        self, point: ContactPoint, kind: str, at: datetime, *, reason: str, **scope: Any
    ) -> Restriction:
        by = Role.SUPERVISOR if kind == RestrictionKind.OBJECTION else Role.DPO
        restriction = Restriction(
            contact_point=point,
            kind=kind,
            effective_at=at,
            **scope,
            **self._recorded(Method.CALL, at, by, reason, None),
        )
        self._prove(restriction, Method.CALL)
        self.restrictions.append(restriction)
        return restriction

    def lifted(self, restriction: Restriction, at: datetime, *, reason: str) -> None:
        lifting = self.restricted(
            restriction.contact_point,
            restriction.kind,
            at,
            reason=reason,
            channel=restriction.channel,
        )
        lifting.lifts = restriction

    def suppressed(self, kind: str, value: str, at: datetime, **facts: Any) -> None:
        suppression = Suppression(
            controller=self.organisations[OWN],
            hmac=keyed_hmac(kind, normalise(kind, value).key),
            **facts,
            **self._recorded(Method.CALL, at, Role.DPO, facts.pop("reason", ""), None),
        )
        self.suppressions.append(suppression)

    # Writing -------------------------------------------------------------------------------------

    def write(self) -> None:
        self._write_registers()
        self._write_proofs()
        told = [event for event in self.events if event.about is None]
        ConsentEvent.objects.bulk_create(told)
        ConsentEvent.objects.bulk_create([e for e in self.events if e.about is not None])
        Restriction.objects.bulk_create([r for r in self.restrictions if r.lifts is None])
        Restriction.objects.bulk_create([r for r in self.restrictions if r.lifts is not None])
        Suppression.objects.bulk_create(self.suppressions)
        fold.refold()

    def _write_registers(self) -> None:
        """People and their numbers, as part of the import that brought them, if one did."""
        groups: dict[Batch | None, list[Person]] = defaultdict(list)
        for person in self.people:
            groups[person.batch].append(person)
        for batch, people in groups.items():
            with acting(**(batch.act() if batch else {})):
                bulk.create([person.subject for person in people])
                bulk.create([point for person in people for point in person.points.values()])
                bulk.create([a for brought_by, a in self.acquisitions if brought_by is batch])

    def _write_proofs(self) -> None:
        new = {id(proof): proof for proof in self.proofs.values() if proof.pk is None}
        Evidence.objects.bulk_create(new.values())
        for record in (*self.events, *self.restrictions):
            proof = self.proofs[id(record)]
            record.evidence_id, record.evidence_sha256 = proof.pk, proof.sha256
