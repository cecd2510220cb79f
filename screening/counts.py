"""Numbers of people by reason, as bars."""

from dataclasses import dataclass

from screening.reasons import REASON, Reason


@dataclass(frozen=True)
class Bar:
    """How many one reason is about, each contact by its first one; ``share`` in per cent."""

    reason: Reason
    count: int
    share: int


def bars(counts: dict[str, int]) -> list[Bar]:
    """The largest first, which is the longest bar."""
    most = max(counts.values(), default=1)
    rows = [Bar(REASON[code], n, max(1, n * 100 // most)) for code, n in counts.items()]
    return sorted(rows, key=lambda each: -each.count)
