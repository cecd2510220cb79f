"""The hardened history: simple-history with the holes of security.md closed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from audit.act import current_act
from audit.choices import Way


class HistoryEntry(models.Model):
    """What every history row says beside the values: who in words, by which way, in which batch."""

    history_username = models.CharField(_("who"), max_length=254, blank=True)
    history_way = models.CharField(_("way"), max_length=16, choices=Way)
    history_batch = models.UUIDField(_("batch"), null=True, blank=True, db_index=True)
    # Fields whose values stay out of history (names, external ids): that they changed, not to what.
    history_withheld = models.CharField(_("withheld fields"), max_length=200, blank=True)

    class Meta:
        abstract = True


class AuditHistory(HistoricalRecords):
    """Writes one history row for each saved change, in the words of the current act (Art. 5(2))."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("bases", (HistoryEntry,))
        # simple-history's own key is 32 bits wide.
        options.setdefault("history_id_field", models.BigAutoField(primary_key=True))
        options.setdefault("history_change_reason_field", models.TextField(null=True, blank=True))
        super().__init__(**options)

    def fields_included(self, model: Any) -> list[models.Field]:
        left_out = {*model.withheld_fields, *model.untracked_fields}
        return [field for field in model._meta.fields if field.name not in left_out]

    def create_history_model(self, model: Any, inherited: bool) -> Any:
        history_model = super().create_history_model(model, inherited)
        history_model._history_excluded_fields = [*model.withheld_fields, *model.untracked_fields]
        return history_model

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        # The trail walks newest first over what is not part of a batch, which has an entry of its
        # own: an import of a million rows neither pays for this index nor lies in its way.
        walked = models.Index(
            fields=["-history_date", "-history_id"],
            condition=models.Q(history_batch=None),
            name=f"{model._meta.model_name[:19]}_hist_trail",
        )
        return {**super().get_meta_options(model), "indexes": (walked,)}

    @property
    def _date_indexing(self) -> bool:
        # The trail has an index of its own, above; with this one beside it, PostgreSQL walks
        # through a whole import to find what came before. As-of questions go by record first.
        return False

    def _get_history_user_fields(self) -> dict[str, models.Field]:
        # PROTECT instead of SET_NULL: an entry never loses its author, users are never deleted.
        return {
            "history_user": models.ForeignKey(
                settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
            )
        }

    def post_save(self, instance: Any, created: bool, using: Any = None, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if not created and fields and set(fields) <= set(instance.untracked_fields):
            return
        self.create_historical_record(instance, "+" if created else "~", using=using)

    def post_delete(self, instance: Any, using: Any = None, **kwargs: Any) -> None:
        self.create_historical_record(instance, "-", using=using)

    def create_historical_record(self, instance: Any, history_type: str, using: Any = None) -> None:
        manager = getattr(instance, self.manager_name)
        values = {f.attname: getattr(instance, f.attname) for f in self.fields_included(instance)}
        entry = manager.model(
            history_type=history_type,
            history_withheld=",".join(instance.changed_withheld_fields()),
            **act_columns(instance),
            **values,
        )
        entry.save(force_insert=True, using=using)


def act_columns(instance: Any = None) -> dict[str, Any]:
    """Values of the columns that copy the current act into a history row."""
    act = current_act()
    by_id = getattr(getattr(instance, "_history_user", None), "pk", None) or act.by_id
    return {
        "history_date": timezone.now(),
        "history_user_id": by_id,
        "history_username": act.username,
        "history_way": act.way,
        "history_batch": act.batch,
        "history_change_reason": getattr(instance, "_change_reason", None) or act.reason or None,
    }
