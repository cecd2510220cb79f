"""A house that could lose history does not start: each check, proven by breaking it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import override_settings
from django.test.utils import isolate_apps

from audit import triggers
from audit.models import AppendOnlyModel, AuditedModel


def found(*ids: str, **options: Any) -> set[str]:
    return {message.id for message in checks.run_checks(**options)} & set(ids)


BROKEN_SETTINGS = [
    ("IMPORT_EXPORT_IMPORT_PERMISSION_CODE", None, "audit.E001"),
    ("IMPORT_EXPORT_EXPORT_PERMISSION_CODE", None, "audit.E001"),
    ("IMPORT_EXPORT_EXPORT_PERMISSION_CODE", "", "audit.E001"),
    ("SIMPLE_HISTORY_REVERT_DISABLED", False, "audit.E001"),
    ("SIMPLE_HISTORY_EDIT", True, "audit.E001"),
    ("SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS", False, "audit.E001"),
    ("SIMPLE_HISTORY_ENABLED", False, "audit.E002"),
]


@pytest.mark.parametrize(("name", "value", "error"), BROKEN_SETTINGS)
def test_an_open_setting_is_an_error(name: str, value: Any, error: str) -> None:
    assert not found(error)
    with override_settings(**{name: value}):
        assert found(error) == {error}
        with pytest.raises(CommandError, match=name):
            call_command("check")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Lets the checks see the models of a test alone."""
    with isolate_apps("audit", "processors", "accounts") as isolated:
        monkeypatch.setattr(apps, "get_models", isolated.get_models)
        yield isolated


def test_a_manager_without_the_guard_is_an_error(registry: Any) -> None:
    class Loose(AppendOnlyModel):
        objects = models.Manager()

        class Meta(AppendOnlyModel.Meta):
            app_label = "audit"
            indexes = ()

    assert found("audit.E003") == {"audit.E003"}


def test_a_base_before_the_audited_one_is_an_error(registry: Any) -> None:
    class Deletable(models.Model):
        class Meta:
            abstract = True

        def delete(self, *args: Any, **options: Any) -> Any:
            return super().delete(*args, **options)

    class Late(Deletable, AuditedModel):
        __module__ = "audit.models"

        class Meta(AuditedModel.Meta):
            app_label = "audit"

    assert found("audit.E004") == {"audit.E004"}


def test_a_plain_many_to_many_is_an_error(registry: Any) -> None:
    class Tag(models.Model):
        class Meta:
            app_label = "audit"

    class Tagged(AuditedModel):
        __module__ = "audit.models"
        tags = models.ManyToManyField(Tag)

        class Meta(AuditedModel.Meta):
            app_label = "audit"

    assert found("audit.E005") == {"audit.E005"}


@pytest.mark.django_db
def test_a_missing_trigger_is_a_warning() -> None:
    assert not found("audit.W001", databases=["default"])
    table, name = next(iter(triggers._wanted(connection)))
    with connection.cursor() as cursor:
        cursor.execute(triggers._drop_statement(connection, table, name))
    assert found("audit.W001", databases=["default"]) == {"audit.W001"}


@pytest.mark.parametrize(
    "command",
    [
        ("clean_old_history", "--auto"),
        ("clean_old_history", "--days", "0", "accounts.User"),
        ("clean_duplicate_history", "--auto"),
        ("populate_history", "--auto"),
    ],
)
def test_commands_that_rewrite_history_refuse(command: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="never"):
        call_command(command[0])
