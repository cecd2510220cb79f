"""The tables of the trail, and what it calls their columns."""

from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalChanges

from audit.models import AppendOnlyModel

RECORDED = "*"
ACTIONS = {
    "+": gettext_lazy("created"),
    "~": gettext_lazy("changed"),
    "-": gettext_lazy("deleted"),
    RECORDED: gettext_lazy("recorded"),
}


@dataclass(frozen=True)
class Table:
    """A table of the trail, with the names that its columns have there."""

    place: int
    model: type[models.Model]
    is_history: bool

    @property
    def register(self) -> type[models.Model]:
        return self.model.instance_type if self.is_history else self.model

    @property
    def key(self) -> str:
        return self.register._meta.label_lower

    @property
    def label(self) -> str:
        return capfirst(str(self.register._meta.verbose_name_plural))

    @property
    def names(self) -> dict[str, str]:
        return HISTORY if self.is_history else APPENDED

    @property
    def kind_field(self) -> str:
        """What tells its rows apart in the counts of a batch."""
        return "history_type" if self.is_history else self.model.trail_kind

    def rows(self) -> QuerySet:
        return self.model._base_manager.order_by()


HISTORY = {
    "record": "id",
    "at": "history_date",
    "by": "history_user_id",
    "name": "history_username",
    "way": "history_way",
    "reason": "history_change_reason",
    "batch": "history_batch",
}
APPENDED = {
    "record": "id",
    "at": "recorded_at",
    "by": "recorded_by_id",
    "name": "recorded_name",
    "way": "way",
    "reason": "reason",
    "batch": "batch",
}


def tables() -> list[Table]:
    """Every table of the trail, in a fixed order."""
    found = [m for m in apps.get_models() if _is_history(m) or _is_appended(m)]
    found.sort(key=lambda model: model._meta.label_lower)
    return [Table(place, m, _is_history(m)) for place, m in enumerate(found)]


def _is_history(model: type[models.Model]) -> bool:
    return issubclass(model, HistoricalChanges)


def _is_appended(model: type[models.Model]) -> bool:
    return issubclass(model, AppendOnlyModel) and model.in_trail
