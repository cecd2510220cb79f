"""The fold once more, row by row, written from verdict.md alone: what the SQL is held against."""

from dataclasses import dataclass
from datetime import UTC, datetime

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
RANK = {"given": 0, "refused": 1, "withdrawn": 2}


@dataclass(frozen=True)
class Told:
    """One stored event of one contact point × purpose × channel."""

    id: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    source: str
    own_time: bool = True
    needs_confirmation: bool = False
    valid_until: datetime | None = None
    about: int | None = None

    @property
    def act(self) -> tuple:
        return (self.kind, self.occurred_at, self.source, self.own_time, self.about)


@dataclass(frozen=True)
class State:
    state: str
    since: datetime | None = None
    valid_until: datetime | None = None


def fold(events: list[Told], at: datetime = NEVER, known_at: datetime = NEVER) -> State | None:
    """State at ``at`` as known at ``known_at``, before expiry; None if nothing was heard at all."""
    taken = [
        e
        for e in events
        if e.recorded_at <= known_at and (e.kind == "invalidated" or e.occurred_at <= at)
    ]
    if not any(e.kind != "invalidated" for e in taken):
        return None
    by_id = {e.id: e for e in taken}
    struck = {by_id[e.about].act for e in taken if e.kind == "invalidated" and e.about in by_id}
    left = [e for e in taken if e.act not in struck and e.kind != "invalidated"]
    confirmed = {by_id[e.about].act for e in left if e.kind == "confirmed" and e.about in by_id}
    acts: dict[tuple, list[Told]] = {}
    for event in left:
        if event.kind != "confirmed":
            acts.setdefault(event.act, []).append(event)
    ordered = sorted(acts.values(), key=order)
    if not ordered:
        return State("none")
    if ordered[-1][0].kind != "given":
        return State(ordered[-1][0].kind, ordered[-1][0].occurred_at)
    series: list[list[Told]] = []
    for tellings in reversed(ordered):
        if tellings[0].kind != "given":
            break
        series.append(tellings)
    for tellings in series:
        asks = any(e.needs_confirmation for e in tellings)
        if not asks or tellings[0].act in confirmed:
            return State("given", tellings[0].occurred_at, ends(tellings))
    return State("unconfirmed", series[0][0].occurred_at, ends(series[0]))


def ends(tellings: list[Told]) -> datetime | None:
    first = min(e.valid_until or NEVER for e in tellings)
    return None if first == NEVER else first


def order(tellings: list[Told]) -> tuple:
    first = tellings[0]
    flagged = first.kind == "given" and not first.own_time
    sooner = -((ends(tellings) or NEVER) - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds()
    return (not flagged, first.occurred_at, RANK[first.kind], sooner, first.source)
