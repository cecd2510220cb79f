"""What the trail is asked for, and where an entry stands in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from audit.act import begun_at
from audit.days import midnight

SYSTEM = "system"
BATCHES = -1  # stands for the table in the key of a batch


@dataclass(frozen=True)
class Key:
    """Where an entry stands: entries are ordered by it, the latest first."""

    at: datetime
    place: int
    row: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}~{self.place}~{self.row}"

    @classmethod
    def of(cls, text: str) -> "Key | None":
        """The key that ``text`` names; None for one that nobody handed out."""
        try:
            at, place, row = text.split("~")
            moment = datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
            return cls(moment, int(place), str(UUID(row)) if int(place) < 0 else str(int(row)))
        except ValueError:
            return None

    @classmethod
    def of_batch(cls, batch: UUID) -> "Key":
        return cls(begun_at(batch), BATCHES, str(batch))

    @property
    def is_batch(self) -> bool:
        return self.place == BATCHES

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.at, self.place, self.row if self.is_batch else int(self.row))


@dataclass(frozen=True)
class Asked:
    """What the trail is asked for; days are local and both included."""

    person: str = ""  # the key of a user, or SYSTEM
    register: str = ""  # label_lower of a model
    action: str = ""
    way: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""
    batch: UUID | None = None

    @property
    def is_narrow(self) -> bool:
        return self != Asked()

    @property
    def begins(self) -> datetime | None:
        return midnight(self.since) if self.since else None

    @property
    def ends(self) -> datetime | None:
        """The first instant after the last day."""
        return midnight(self.until + timedelta(days=1)) if self.until else None

    def acts(self, names: dict[str, str]) -> Q:
        """Whose acts and by which way, by the names of a table's columns."""
        told = Q()
        if self.person:
            by = None if self.person == SYSTEM else int(self.person)
            told &= Q(**{names["by"]: by})
        if self.way:
            told &= Q(**{names["way"]: self.way})
        return told

    def period(self, names: dict[str, str]) -> Q:
        told = Q()
        if self.begins:
            told &= Q(**{f"{names['at']}__gte": self.begins})
        if self.ends:
            told &= Q(**{f"{names['at']}__lt": self.ends})
        return told


def uuid_of(text: str) -> UUID | None:
    """The uuid that ``text`` is; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
