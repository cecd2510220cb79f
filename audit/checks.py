"""System checks: a house that could lose history or leak through a library does not start."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import connections

from audit import pdf
from audit.models import AppendOnlyModel, AppendOnlyQuerySet, AuditedModel, AuditedQuerySet
from audit.triggers import missing

# What must stand in the settings, and what happens without it (security.md, findings 1 and 2).
REQUIRED = {
    "IMPORT_EXPORT_IMPORT_PERMISSION_CODE": (
        "import",
        "any staff user could import over registers",
    ),
    "IMPORT_EXPORT_EXPORT_PERMISSION_CODE": ("export", "any staff user could export every contact"),
    "SIMPLE_HISTORY_REVERT_DISABLED": (True, "a withdrawn consent could be reverted"),
    "SIMPLE_HISTORY_EDIT": (False, "history could be edited"),
    "SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS": (True, "anybody could read history"),
}


@register(Tags.security)
def settings_are_hardened(**_: Any) -> Iterator[CheckMessage]:
    """Settings without which the libraries are open by default."""
    for name, (value, harm) in REQUIRED.items():
        if getattr(settings, name, None) != value:
            yield Error(f"{name} must be {value!r}: without it {harm}.", id="audit.E001")
    if not getattr(settings, "SIMPLE_HISTORY_ENABLED", True):
        yield Error("SIMPLE_HISTORY_ENABLED=False would leave changes unseen.", id="audit.E002")


@register(Tags.models)
def registers_are_guarded(app_configs: Any = None, **_: Any) -> Iterator[CheckMessage]:
    """Audited and append-only models whose managers would let writes pass unseen."""
    for model in apps.get_models():
        guard: type | None = None
        if issubclass(model, AuditedModel):
            guard = AuditedQuerySet
        elif issubclass(model, AppendOnlyModel):
            guard = AppendOnlyQuerySet
        if guard is None:
            continue
        for manager in (model._default_manager, model._base_manager):
            if not isinstance(manager.get_queryset(), guard):
                yield Error(
                    f"{model._meta.label}.{manager.name} is not built from {guard.__name__}: "
                    "writes through it would leave no history.",
                    obj=model,
                    id="audit.E003",
                )


@register(Tags.models)
def audited_models_come_first(**_: Any) -> Iterator[CheckMessage]:
    """AuditedModel after another base loses its guards; plain many-to-many keeps no history."""
    for model in apps.get_models():
        if not issubclass(model, AuditedModel):
            continue
        if model.delete is not AuditedModel.delete or model.save_base is not AuditedModel.save_base:
            yield Error(
                f"{model._meta.label}: AuditedModel must come first among its bases.",
                obj=model,
                id="audit.E004",
            )
        for field in model._meta.local_many_to_many:
            if field.name in model.derived_many_to_many:
                continue
            if field.remote_field.through._meta.auto_created:
                yield Error(
                    f"{model._meta.label}.{field.name}: a plain many-to-many keeps no history. "
                    "Give it an audited through model.",
                    obj=model,
                    id="audit.E005",
                )


@register(Tags.database)
def triggers_stand(databases: Any = None, **_: Any) -> Iterator[CheckMessage]:
    """Append-only triggers that are missing from a migrated database."""
    for alias in databases or []:
        tables = connections[alias].introspection.table_names()
        if "audit_accessevent" in tables and (names := missing(alias)):
            yield Warning(
                f"{len(names)} append-only triggers are missing from '{alias}'.",
                hint="Run manage.py migrate, which installs them.",
                id="audit.W001",
            )


@register
def documents_can_be_drawn(**_: Any) -> Iterator[CheckMessage]:
    """No warning: all but the PDF documents works without it."""
    if said := pdf.missing():
        yield Info(said, id="audit.I001")
