"""One line of the trail: a change of a record, or a batch."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit import reasons
from audit.changes import Change
from audit.choices import Way
from audit.display import way_icon
from audit.trail.asked import Key
from audit.trail.rooms import Told
from audit.trail.tables import ACTIONS, Table

# A batch on a list of many tells "more than": whoever wants the number opens it.
COUNTED = 10_000


@dataclass
class Entry:
    """One change of one record, or one batch."""

    key: Key
    by_id: int | None
    name: str
    way: str
    reason: str
    table: Table | None = None
    record_id: int | None = None
    action: str = ""
    batch: UUID | None = None
    who: str = ""
    called: str = ""
    changes: list[Change] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)
    counts: list["Count"] = field(default_factory=list)
    told: Told | None = None
    # Nobody is led to a page that would refuse them.
    is_closed: bool = False

    @property
    def at(self) -> datetime:
        return self.key.at

    @property
    def is_batch(self) -> bool:
        return self.batch is not None

    @property
    def register(self) -> str:
        return capfirst(str(self.table.register._meta.verbose_name)) if self.table else ""

    @property
    def record_name(self) -> str:
        return self.called or f"#{self.record_id}"

    @property
    def title(self) -> str:
        if self.is_batch:
            return self.told.title if self.told else _("Change of several records")
        return f"{self.register} {self.record_name}"

    @property
    def action_label(self) -> str:
        return str(ACTIONS.get(self.action, ""))

    @property
    def way_label(self) -> str:
        return str(dict(Way.choices).get(self.way, self.way))

    @property
    def icon(self) -> str:
        return way_icon(self.way)

    @property
    def why(self) -> str:
        return reasons.readable(self.reason)

    @property
    def meta(self) -> str:
        """Who and what in a few words, for short lists."""
        return " · ".join(filter(None, (self.who, self.action_label)))

    @property
    def total(self) -> int:
        return sum(count.at_most for count in self.counts)

    @property
    def is_more(self) -> bool:
        return any(count.is_more for count in self.counts)

    @property
    def url(self) -> str:
        """The history of the record, or its page; empty where there is none that may be seen."""
        if self.is_closed:
            return ""
        if self.is_batch:
            return f"{reverse('admin:audit_trail')}?batch={self.batch}"
        if self.table is None:
            return ""
        meta = self.table.register._meta
        page = "history" if self.table.is_history else "change"
        try:
            return reverse(
                f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[self.record_id]
            )
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Count:
    """How many rows of one kind a batch brought to one register."""

    batch: UUID
    table: Table
    kind: str
    number: int

    @property
    def is_more(self) -> bool:
        return self.number > COUNTED

    @property
    def at_most(self) -> int:
        return min(self.number, COUNTED)

    @property
    def kind_label(self) -> str:
        if self.kind in ACTIONS:
            return str(ACTIONS[self.kind])
        choices = dict(self.table.model._meta.get_field(self.table.kind_field).flatchoices)
        return str(choices.get(self.kind, self.kind)).lower()
