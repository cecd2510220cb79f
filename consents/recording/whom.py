"""Whose the contacts of a batch are: found and held at once, made in one go where they are new."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from audit import bulk
from consents.choices import SuppressionOrigin
from consents.fold import lock
from consents.models import NEVER, ContactPoint, DataSubject, Suppression
from consents.recording.statements import Person, Statement

# Whose a contact may be is a matter of the controller: (controller, kind, key).
Place = tuple[int, str, str]


class Contacts:
    """The contact points that ``statements`` are about, held until the end of the transaction."""

    def __init__(self, statements: list[Statement]) -> None:
        self._points: dict[Place, list[ContactPoint]] = defaultdict(list)
        digests = {statement.hmac for statement in statements}
        self._find(digests)
        self._erased = _erased(digests)
        self._make([s for s in statements if s.makes_known and self._is_new(s)])

    def __iter__(self) -> Any:
        """Keys of all of them."""
        return (point.pk for points in self._points.values() for point in points)

    def holder(self, statement: Statement) -> ContactPoint | None:
        """Whose the contact was when the statement was made, as ``ContactPoint.holding`` finds."""
        live = [
            point
            for point in self._points[_place(statement)]
            if point.retired_at is None or point.retired_at > statement.occurred_at
        ]
        return min(live, key=lambda point: (point.retired_at or NEVER, point.pk), default=None)

    def is_erased(self, statement: Statement) -> bool:
        """Whether the person asked for erasure: nothing brings the contact back (Art. 17)."""
        return (statement.controller_id, statement.hmac) in self._erased

    def _is_new(self, statement: Statement) -> bool:
        return self.holder(statement) is None and not self.is_erased(statement)

    def _find(self, digests: set[str]) -> None:
        # By the digest: it alone is indexed for live and retired contacts alike.
        found = ContactPoint.objects.filter(hmac__in=digests)
        held = lock(found.values_list("pk", flat=True))
        # Read once they are held: somebody may have retired one meanwhile.
        self._keep(ContactPoint.objects.filter(pk__in=held))

    def _keep(self, points: Iterable[ContactPoint]) -> None:
        for point in points:
            self._points[(point.controller_id, point.kind, point.key)].append(point)

    def _make(self, statements: list[Statement]) -> None:
        # Whoever is named says more of the person than whoever is not.
        unnamed_last = sorted(statements, key=lambda said: said.person is None)
        first = {_place(said): said for said in reversed(unnamed_last)}
        # In one order for everybody, so that two batches with the same new contacts do not meet.
        ordered = [first[place] for place in sorted(first)]
        people = People(ordered)
        self._keep(bulk.create(_point(said, people.of(said)) for said in ordered))


class People:
    """Who the new contacts belong to: people known by their external id, else new ones."""

    def __init__(self, statements: list[Statement]) -> None:
        self._known = _known(statements)
        self._made: dict[Place, DataSubject] = {}
        for statement in statements:
            if (named := _named(statement)) is None:
                self._made[_place(statement)] = _subject(statement)
            elif named not in self._known:
                self._known[named] = _subject(statement)
        new = [person for person in self._known.values() if person._state.adding]
        bulk.create([*new, *self._made.values()])

    def of(self, statement: Statement) -> DataSubject:
        named = _named(statement)
        return self._known[named] if named else self._made[_place(statement)]


def _known(statements: list[Statement]) -> dict[tuple[int, str], DataSubject]:
    """Those that one external id alone names."""
    names = {named for statement in statements if (named := _named(statement))}
    ids = {external_id for _controller, external_id in names}
    found: dict[tuple[int, str], DataSubject] = {}
    twice = set()
    for person in DataSubject.objects.filter(~Q(external_id=""), external_id__in=ids):
        named = (person.controller_id, person.external_id)
        if named in found:
            twice.add(named)
        found[named] = person
    return {named: person for named, person in found.items() if named not in twice}


def _place(statement: Statement) -> Place:
    return statement.controller_id, statement.contact_kind, statement.contact.key


def _named(statement: Statement) -> tuple[int, str] | None:
    person = statement.person
    return (statement.controller_id, person.external_id) if person and person.external_id else None


def _subject(statement: Statement) -> DataSubject:
    person = statement.person or Person()
    return DataSubject(
        controller_id=statement.controller_id,
        external_id=person.external_id,
        first_name=person.first_name,
        last_name=person.last_name,
    )


def _point(statement: Statement, subject: DataSubject) -> ContactPoint:
    return ContactPoint(
        controller_id=statement.controller_id,
        subject=subject,
        kind=statement.contact_kind,
        value=statement.contact.value,
        key=statement.contact.key,
        hmac=statement.hmac,
    )


def _erased(digests: set[str]) -> set[tuple[int, str]]:
    standing = Suppression.objects.standing().filter(
        hmac__in=digests, origin=SuppressionOrigin.ERASURE
    )
    return set(standing.values_list("controller_id", "hmac"))
