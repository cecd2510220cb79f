"""What was ever recorded of people: acts, restrictions, suppressions, where the data came from."""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from audit import bulk
from consents.choices import (
    FROM_OTHERS,
    EventKind,
    Giver,
    RestrictionKind,
    SubjectKind,
    SuppressionOrigin,
    SuppressionScope,
)
from consents.contacts import keyed_hmac, normalise
from consents.models import (
    Acquisition,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    LeadSource,
    Restriction,
    Suppression,
    month_after,
)
from processing.models import Purpose

# Around both changes of law that the rules know, and after: 2024-11-10 is when the PKE came.
MOMENTS = [
    datetime(2024, 6, 1, 10, tzinfo=UTC),
    datetime(2024, 11, 9, 22, 59, tzinfo=UTC),
    datetime(2024, 11, 9, 23, 0, tzinfo=UTC),
    datetime(2025, 2, 1, 23, 30, tzinfo=UTC),
    datetime(2025, 3, 1, 12, tzinfo=UTC),
]
LATER = datetime(2025, 6, 1, tzinfo=UTC)
DAYS = [date(2024, 5, 2), date(2024, 10, 9), date(2025, 2, 1), date(2025, 2, 2)]
KINDS = {
    "email": ("email",),
    "phone": ("voice", "sms"),
    "handle": ("messenger",),
    "postal": ("post",),
}
PROOF = {"evidence_id": 1, "evidence_sha256": "0" * 64}
SUPPRESSED = ("controller_id", "hmac", "channel", "scope", "origin", "until")
# Houses of one test stand beside each other: no two have the same number.
STREET = itertools.count()


class Lives:
    """Makes people and their pasts by the dice of ``rng``."""

    def __init__(
        self,
        rng: random.Random,
        controllers: list[Any],
        purposes: list[Purpose],
        sources: list[LeadSource],
        wordings: list[ConsentWording],
    ) -> None:
        self.rng = rng
        self.controllers = controllers
        self.purposes = purposes
        self.sources = sources
        self.wordings = wordings

    def of(self, size: int) -> list[ContactPoint]:
        """The contact points of ``size`` people, whose pasts are written down."""
        points = bulk.create(self._people(size))
        self._write_down([e for point in points for e in self._acts(point)])
        self._restrict(points)
        self._suppress(points)
        bulk.create(a for point in points for a in self._acquired(point))
        return points

    # Whose number it is --------------------------------------------------------------------------

    def _people(self, size: int) -> Iterator[ContactPoint]:
        """Some numbers are held by several people one after another, or two at once."""
        subjects = bulk.create(
            DataSubject(
                controller=self.controllers[n % 6 == 5],
                kind=self.rng.choice([*SubjectKind.values, SubjectKind.PERSON, SubjectKind.PERSON]),
                minor_since=self.rng.choice([None] * 9 + [DAYS[3]]),
            )
            for n in range(size)
        )
        for number, subject in zip(STREET, subjects, strict=False):
            for kind in KINDS:
                holders = self.rng.choice([1, 1, 1, 1, 2, 3])
                for retired_at in [*sorted(self.rng.choices(MOMENTS, k=holders - 1)), None]:
                    yield self._point(subject, kind, number, retired_at)

    def _point(self, subject: DataSubject, kind: str, number: int, retired_at: Any) -> ContactPoint:
        value = {
            "email": f"osoba{number}@poczta.example",
            "phone": f"+48601{number:06d}",
            "handle": f"@osoba{number}",
            "postal": f"ul. Prosta {number}, Kraków",
        }[kind]
        key = normalise(kind, value).key
        return ContactPoint(
            controller=subject.controller,
            subject=subject,
            kind=kind,
            value=value,
            key=key,
            hmac=keyed_hmac(kind, key),
            retired_at=retired_at,
            retired_for="reassigned" if retired_at else "",
        )

    def _own(self, point: ContactPoint) -> list[Purpose]:
        return [p for p in self.purposes if p.activity.controller_id == point.controller_id]

    # What they said ------------------------------------------------------------------------------

    def _acts(self, point: ContactPoint) -> Iterator[ConsentEvent]:
        sources = [s for s in self.sources if s.controller_id == point.controller_id]
        for purpose in self._own(point):
            for channel in KINDS[point.kind]:
                if self.rng.random() < 0.8:
                    place = {"contact_point": point, "purpose": purpose, "channel": channel}
                    yield from self._speak(place, sources)

    def _speak(self, place: dict[str, Any], sources: list[LeadSource]) -> Iterator[ConsentEvent]:
        """A few acts, some at the same instant, some told twice."""
        told: set[tuple] = set()
        for _ in range(self.rng.choice([1, 1, 1, 2, 4])):
            act = {
                **place,
                "kind": self.rng.choice(["given"] * 6 + ["refused", "withdrawn"]),
                "occurred_at": self.rng.choice(MOMENTS) - timedelta(hours=self.rng.choice([0, 5])),
                "own_time": self.rng.random() < 0.8,
                "source": self.rng.choice(sources),
            }
            for _ in range(self.rng.choice([1, 1, 1, 2])):
                event = self._tell(act)
                identity = (
                    *(act[name] for name in ("kind", "occurred_at", "own_time")),
                    act["source"].pk,
                    event.needs_confirmation,
                    event.valid_until,
                )
                if identity not in told:
                    told.add(identity)
                    yield event

    def _tell(self, act: dict[str, Any]) -> ConsentEvent:
        event = ConsentEvent(
            **act,
            **PROOF,
            recorded_at=self.rng.choice(MOMENTS),
            giver=self.rng.choice([Giver.USER] * 8 + [Giver.THIRD_PARTY]),
            method="form",
        )
        if event.kind == EventKind.GIVEN:
            event.needs_confirmation = self.rng.random() < 0.25
            event.valid_until = self.rng.choice([None] * 5 + [MOMENTS[3], LATER])
            if self.rng.random() < 0.4:
                event.wording = self.rng.choice(self._wordings_for(event))
        return event

    def _wordings_for(self, event: ConsentEvent) -> list[ConsentWording]:
        """Of its purpose and channel, and now and then a stray one."""
        if self.rng.random() < 0.05:
            return self.wordings
        place = (event.purpose_id, event.channel)
        return [w for w in self.wordings if (w.purpose_id, w.channel) == place]

    def _write_down(self, acts: list[ConsentEvent]) -> None:
        """Acts first, then what is about them: confirmations, and what was struck out."""
        ConsentEvent.objects.bulk_create(acts, batch_size=500)
        gives = [act for act in acts if act.kind == EventKind.GIVEN]
        kinds = [EventKind.CONFIRMED, EventKind.CONFIRMED, EventKind.INVALIDATED]
        about = [
            self._follow(give, self.rng.choice(kinds))
            for give in gives
            if self.rng.random() < (0.6 if give.needs_confirmation else 0.25)
        ]
        ConsentEvent.objects.bulk_create(about, batch_size=500)
        confirmed = [e for e in about if e.kind == EventKind.CONFIRMED and self.rng.random() < 0.4]
        struck = [self._follow(event, EventKind.INVALIDATED) for event in confirmed]
        ConsentEvent.objects.bulk_create(struck, batch_size=500)

    def _follow(self, event: ConsentEvent, kind: str) -> ConsentEvent:
        """Whenever it happened, even before what it is about."""
        return ConsentEvent(
            contact_point=event.contact_point,
            purpose=event.purpose,
            channel=event.channel,
            kind=kind,
            occurred_at=self.rng.choice(MOMENTS),
            recorded_at=self.rng.choice(MOMENTS),
            about=event,
            source=event.source,
            method="link",
            **PROOF,
        )

    # What keeps them from contact ----------------------------------------------------------------

    def _restrict(self, points: list[ContactPoint]) -> None:
        stops = [self._stop(point) for point in points if self.rng.random() < 0.2]
        Restriction.objects.bulk_create(stops, batch_size=500)
        lifts = [self._lift(stop) for stop in stops if self.rng.random() < 0.3]
        Restriction.objects.bulk_create(lifts, batch_size=500)

    def _stop(self, point: ContactPoint) -> Restriction:
        kind = self.rng.choice([*RestrictionKind.values, *[RestrictionKind.UNDELIVERABLE] * 3])
        named = kind == RestrictionKind.OBJECTION_PURPOSE or self.rng.random() < 0.2
        return Restriction(
            contact_point=point,
            kind=kind,
            channel=self.rng.choice([None, None, *KINDS[point.kind]]),
            purpose=self.rng.choice(self._own(point)) if named else None,
            effective_at=self.rng.choice(MOMENTS),
            until=self.rng.choice([None, None, LATER, MOMENTS[4]]),
            recorded_at=self.rng.choice(MOMENTS),
        )

    def _lift(self, stop: Restriction) -> Restriction:
        return Restriction(
            contact_point=stop.contact_point,
            kind=stop.kind,
            channel=stop.channel,
            purpose=stop.purpose,
            effective_at=self.rng.choice(MOMENTS),
            recorded_at=self.rng.choice(MOMENTS),
            lifts=stop,
            reason="na prośbę osoby",
        )

    def _suppress(self, points: list[ContactPoint]) -> None:
        """By either controller, so that one of another closes nothing."""
        entries: dict[tuple, Suppression] = {}
        for point in self.rng.sample(points, len(points) // 8):
            facts = (
                self.rng.choice(self.controllers).pk,
                point.hmac,
                self.rng.choice([None, *KINDS[point.kind]]),
                self.rng.choice(SuppressionScope.values),
                SuppressionOrigin.DO_NOT_CALL,
                self.rng.choice([None, None, MOMENTS[4], LATER]),
            )
            named = dict(zip(SUPPRESSED, facts, strict=True))
            entries.setdefault(facts, Suppression(recorded_at=self.rng.choice(MOMENTS), **named))
        Suppression.objects.bulk_create(entries.values())
        Suppression.objects.bulk_create(
            Suppression(
                **dict(zip(SUPPRESSED, facts, strict=True)),
                recorded_at=self.rng.choice(MOMENTS),
                lifts=entry,
                reason="pomyłka",
            )
            for facts, entry in entries.items()
            if self.rng.random() < 0.3
        )

    # Where the data came from --------------------------------------------------------------------

    def _acquired(self, point: ContactPoint) -> Iterator[Acquisition]:
        sources = [s for s in self.sources if s.controller_id == point.controller_id]
        for source in self.rng.sample(sources, self.rng.choice([0, 1, 1, 2])):
            obtained_on = self.rng.choice(DAYS)
            informed_on = self.rng.choice([None, None, date(2025, 2, 2)])
            yield Acquisition(
                contact_point=point,
                source=source,
                obtained_on=obtained_on,
                due_on=month_after(obtained_on) if source.kind in FROM_OTHERS else None,
                informed_on=informed_on,
            )
