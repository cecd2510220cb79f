"""Steps of a record's life, as ``admin/timeline.html`` shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit.days import midnight


@dataclass(frozen=True)
class Step:
    """One line: an instant, or a day where the fact has no hour; a day may be yet to come."""

    at: datetime | date
    tone: str
    icon: str
    title: Any
    meta: Any

    @property
    def is_day(self) -> bool:
        return not isinstance(self.at, datetime)

    @property
    def begins(self) -> datetime:
        """Its instant; of a day the first one, local time."""
        if isinstance(self.at, datetime):
            return self.at
        return midnight(self.at)


def newest_first(steps: Iterable[Step]) -> list[Step]:
    """Of one moment the step that came later first."""
    return sorted(steps, key=lambda step: step.begins)[::-1]
