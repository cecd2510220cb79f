"""One version of a record in words: who made it, by which way, and why."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.changes import Change
from audit.display import way_icon
from audit.reasons import readable

KINDS = {"+": _("created"), "~": _("changed"), "-": _("deleted")}


@dataclass(frozen=True)
class Entry:
    """One version of a record, with what changed since the one before."""

    version: models.Model
    number: int
    changes: list[Change]

    @property
    def who(self) -> str:
        return author(self.version.history_user, self.version.history_username)

    @property
    def kind(self) -> Any:
        return KINDS[self.version.history_type]

    @property
    def way(self) -> Any:
        return self.version.get_history_way_display()

    @property
    def icon(self) -> str:
        return way_icon(self.version.history_way)

    @property
    def reason(self) -> str:
        return readable(self.version.history_change_reason)


def author(user: Any, name: str) -> str:
    """Who acted, in words: a person by name, a machine by its key, else the system."""
    return str(user) if user else name or str(_("the system"))
