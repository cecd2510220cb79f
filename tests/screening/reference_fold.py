"""The fold once more (verdict.md §1), one step after another over the events of one key."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from consents.models import ConsentEvent

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
RANK = {"given": 0, "refused": 1, "withdrawn": 2}


@dataclass(frozen=True)
class Act:
    """All tellings of one act, read as one; ``event`` is the telling that stands for it."""

    tellings: tuple[ConsentEvent, ...]
    is_confirmed: bool

    @property
    def event(self) -> ConsentEvent:
        return min(self.tellings, key=lambda e: (e.valid_until or NEVER, not e.needs_confirmation))

    @property
    def kind(self) -> str:
        return self.tellings[0].kind

    @property
    def ends(self) -> datetime:
        return min(e.valid_until or NEVER for e in self.tellings)

    @property
    def is_effective(self) -> bool:
        return self.is_confirmed or not any(e.needs_confirmation for e in self.tellings)

    @property
    def place(self) -> tuple:
        """Among the acts: the latest one decides."""
        told = self.tellings[0]
        is_flag = told.kind == "given" and not told.own_time
        sooner = NEVER - self.ends
        return (not is_flag, told.occurred_at, RANK[told.kind], sooner, told.source.slug)


def folded(events: list[ConsentEvent], at: datetime, known_at: datetime) -> tuple[str, Act | None]:
    """The state, ``expired`` included, and the act that it rests on."""
    acts = sorted(_acts(events, at, known_at), key=lambda act: act.place)
    if not acts:
        return "none", None
    if acts[-1].kind != "given":
        return acts[-1].kind, acts[-1]
    while acts and acts[-1].kind == "given":
        act = acts.pop()
        if act.is_effective:
            return ("expired" if act.ends <= at else "given"), act
    return "unconfirmed", None


def _acts(events: list[ConsentEvent], at: datetime, known_at: datetime) -> list[Act]:
    taken = [
        e
        for e in events
        if e.recorded_at <= known_at and (e.kind == "invalidated" or e.occurred_at <= at)
    ]
    by_id = {e.pk: e for e in taken}
    struck = {
        _identity(by_id[e.about_id])
        for e in taken
        if e.kind == "invalidated" and e.about_id in by_id
    }
    held = [e for e in taken if e.kind != "invalidated" and _identity(e) not in struck]
    confirmed = {
        _identity(by_id[e.about_id]) for e in held if e.kind == "confirmed" and e.about_id in by_id
    }
    acts: dict[tuple, list[ConsentEvent]] = defaultdict(list)
    for event in held:
        if event.kind in RANK:
            acts[_identity(event)].append(event)
    return [Act(tuple(told), identity in confirmed) for identity, told in acts.items()]


def _identity(event: ConsentEvent) -> tuple:
    return (event.kind, event.occurred_at, event.source_id, event.own_time, event.about_id)
