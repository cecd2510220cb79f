"""Base classes of every table that must be able to prove itself (product.md §3)."""

import uuid
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.act import current_act
from audit.choices import Way
from audit.freezing import Frozen
from audit.history import AuditHistory


class HistoryBypassed(TypeError):
    """A write was refused because it would have left no history. Use a verb or ``audit.bulk``."""


class AppendOnly(TypeError):
    """A change of a row that is written once was refused."""


class AuditedQuerySet(models.QuerySet):
    """Refuses every set-based write that simple-history does not see (security.md, table)."""

    def update(self, **values: Any) -> NoReturn:
        raise HistoryBypassed(f"{self.model.__name__}.update() keeps no history: audit.bulk.update")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryBypassed(f"{self.model.__name__}.bulk_create() keeps no history: audit.bulk")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryBypassed(f"{self.model.__name__}.bulk_update() keeps no history: audit.bulk")

    def delete(self) -> NoReturn:
        raise HistoryBypassed(f"{self.model.__name__} records are ended, never deleted")

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise HistoryBypassed(f"{self.model.__name__} records are ended, never deleted")


class AuditedModel(models.Model):
    """A register: edited by people, each change kept in history (Art. 5(2), 24).

    ``withheld_fields`` hold personal values: history says that they changed, never to what.
    ``untracked_fields`` leave no trace at all. ``named_by`` are keys to what it is a part of, which
    ``audit.naming`` says before its own name. Comes first in the MRO, or its guards are lost.
    """

    named_by: ClassVar[tuple[str, ...]] = ()
    withheld_fields: ClassVar[tuple[str, ...]] = ()
    untracked_fields: ClassVar[tuple[str, ...]] = ()
    # What is final from one state on: the database holds it too.
    frozen_by: ClassVar[Frozen | None] = None
    # The key to what this is a part of, and with which it is final.
    frozen_with: ClassVar[str] = ""
    # Follows from tracked fields by a verb, as a user's groups follow from the role.
    derived_many_to_many: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    # Also the token by which a second editor of the same record is told apart.
    updated_at = models.DateTimeField(_("changed"), auto_now=True, editable=False)

    history = AuditHistory(inherit=True)
    objects = AuditedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and write the history row in the same transaction."""
        self._refuse_unseen_writes()
        fields = kwargs.get("update_fields")
        if fields is not None and not set(fields) <= set(self.untracked_fields):
            kwargs["update_fields"] = {*fields, "updated_at"}
        with transaction.atomic():
            super().save(*args, **kwargs)
        self._withheld_as_loaded = {n: getattr(self, n) for n in self.withheld_fields}

    def save_base(self, raw: bool = False, *args: Any, **kwargs: Any) -> None:
        if raw:
            raise HistoryBypassed(
                "Raw saves (loaddata) keep no history: import the register instead"
            )
        super().save_base(raw, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryBypassed(f"{type(self).__name__} records are ended, never deleted")

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any) -> Self:
        instance = super().from_db(db, field_names, values)
        loaded = dict(zip(field_names, values, strict=False))
        instance._withheld_as_loaded = {n: loaded.get(n) for n in cls.withheld_fields}
        return instance

    def changed_withheld_fields(self) -> list[str]:
        before = getattr(self, "_withheld_as_loaded", {})
        return [
            n for n in self.withheld_fields if (before.get(n) or "") != (getattr(self, n) or "")
        ]

    def _refuse_unseen_writes(self) -> None:
        if hasattr(self, "skip_history_when_saving"):
            raise HistoryBypassed("skip_history_when_saving would leave a change without history")
        for field in self._meta.concrete_fields:
            if hasattr(self.__dict__.get(field.attname), "resolve_expression"):
                raise HistoryBypassed(
                    f"{field.name}=F(…) cannot be copied into history: set a value"
                )


class AppendOnlyQuerySet(models.QuerySet):
    """Rows may be added. The triggers refuse the rest; this says it before they do."""

    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} is append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} is append-only")

    def delete(self) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} is append-only")

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} is append-only")


def _by_id() -> int | None:
    return current_act().by_id


def _by_name() -> str:
    return current_act().username


def _way() -> str:
    return current_act().way


def _reason() -> str:
    return current_act().reason


def _batch() -> uuid.UUID | None:
    return current_act().batch


class AppendOnlyModel(models.Model):
    """A row that is written once and is its own history: who, when, by which way and why.

    ``trail_kind`` names the field that tells its rows apart in the trail; ``in_trail`` is False for
    what is no change of the house's records. ``named_by`` as in ``AuditedModel``.
    """

    named_by: ClassVar[tuple[str, ...]] = ()
    in_trail: ClassVar[bool] = True
    trail_kind: ClassVar[str] = ""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        default=_by_id,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_name = models.CharField(
        _("recorded by"), max_length=254, blank=True, default=_by_name, editable=False
    )
    way = models.CharField(_("way"), max_length=16, choices=Way, default=_way, editable=False)
    reason = models.TextField(_("reason"), blank=True, default=_reason)
    batch = models.UUIDField(
        _("batch"), null=True, blank=True, default=_batch, editable=False, db_index=True
    )

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        # For the trail, as in audit.history.
        indexes = [
            models.Index(
                fields=["-recorded_at", "-id"],
                condition=models.Q(batch=None),
                name="%(class)s_trail",
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly(f"{type(self).__name__} is append-only")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"{type(self).__name__} is append-only")
