"""Every way to write a register: it keeps history, is refused, or is named (security.md 5, 8)."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Value
from django.db.models.deletion import Collector, ProtectedError
from django.db.models.functions import Concat
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from audit import bulk, reconciliation
from audit.models import AccessEvent, AppendOnly, HistoryBypassed
from processing.models import ProcessingActivity
from processors.models import Organisation
from tests.factories import ActivityFactory, NamedControllerFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
TABLE = Organisation._meta.db_table
HISTORY = Organisation.history.model
REFUSALS = (
    HistoryBypassed,
    AppendOnly,
    IntegrityError,
    ProtectedError,
    CommandError,
    AttributeError,
)

Path = Callable[[Organisation], Any]


@pytest.fixture
def record() -> Organisation:
    return OrganisationFactory(name="Przykład")


def saved(record: Organisation, **options: Any) -> None:
    record.name = "Inna"
    record.save(**options)


def fresh(slug: str = "nowa") -> Organisation:
    return Organisation(slug=slug, name="Nowa")


def changed(record: Organisation) -> Organisation:
    record.name = "Inna"
    return record


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def with_attribute(record: Organisation) -> None:
    record.skip_history_when_saving = True
    record.save()


def raw_and_recorded(record: Organisation) -> None:
    sql(f"UPDATE {TABLE} SET name = 'Inna'")
    bulk.record(Organisation.objects.filter(pk=record.pk), "~")


def deserialised(record: Organisation) -> None:
    text = serializers.serialize("json", [changed(record)])
    for each in serializers.deserialize("json", text):
        each.save()


def collected(record: Organisation) -> None:
    collector = Collector(using="default")
    collector.collect([record])
    collector.delete()


KEPT: dict[str, Path] = {
    "save, create": lambda r: fresh().save(),
    "save, update": lambda r: saved(r),
    "save(update_fields)": lambda r: saved(r, update_fields=["name"]),
    "objects.create": lambda r: Organisation.objects.create(slug="nowa", name="Nowa"),
    "update_or_create": lambda r: Organisation.objects.update_or_create(
        slug=r.slug, defaults={"name": "Inna"}
    ),
    "get_or_create": lambda r: Organisation.objects.get_or_create(slug="nowa", name="Nowa"),
    "asave": lambda r: async_to_sync(changed(r).asave)(),
    "audit.bulk.create": lambda r: bulk.create([fresh(), fresh("druga")]),
    "audit.bulk.update": lambda r: bulk.update(Organisation.objects.all(), name="Inna"),
    "SQL with audit.bulk.record": raw_and_recorded,
    # It calls Model.save_base past the override, but the history hears of raw saves too.
    "a deserialiser": deserialised,
    "deletion through the collector": collected,
    "an audited through model": lambda r: NamedControllerFactory(organisation=r),
}
REFUSED: dict[str, Path] = {
    "queryset.update": lambda r: Organisation.objects.update(name="Inna"),
    "queryset.update by the base manager": lambda r: Organisation._base_manager.update(name="x"),
    "aupdate": lambda r: async_to_sync(Organisation.objects.all().aupdate)(name="Inna"),
    "related manager": lambda r: r.activities.update(unit="Inna"),
    "bulk_create": lambda r: Organisation.objects.bulk_create([fresh()]),
    "bulk_create(update_conflicts)": lambda r: Organisation.objects.bulk_create(
        [fresh()], update_conflicts=True, update_fields=["name"], unique_fields=["slug"]
    ),
    "bulk_update": lambda r: Organisation.objects.bulk_update([changed(r)], ["name"]),
    "instance.delete": lambda r: r.delete(),
    "queryset.delete": lambda r: Organisation.objects.all().delete(),
    "queryset._raw_delete": lambda r: Organisation.objects.all()._raw_delete("default"),
    "deleting a parent": lambda r: ActivityFactory(controller=r).controller.delete(),
    "save(F)": lambda r: saved_with(r, Concat(F("name"), Value("!"))),
    "skip_history_when_saving": with_attribute,
    "save_base(raw)": lambda r: changed(r).save_base(raw=True),
    "bulk_create_with_history": lambda r: bulk_create_with_history([fresh()], Organisation),
    "bulk_create_with_history(ignore_conflicts)": lambda r: bulk_create_with_history(
        [fresh(r.slug)], Organisation, ignore_conflicts=True
    ),
    "bulk_update_with_history": lambda r: bulk_update_with_history(
        [changed(r)], Organisation, ["name"]
    ),
    "m2m add": lambda r: NamedControllerFactory(organisation=r).wording.controllers.add(
        OrganisationFactory(client=True)
    ),
    "m2m clear": lambda r: NamedControllerFactory(organisation=r).wording.controllers.clear(),
    "history.update": lambda r: HISTORY.objects.update(name="x"),
    "history.delete": lambda r: HISTORY.objects.all().delete(),
    "history, one row saved": lambda r: resaved(r.history.first()),
    "history, one row deleted": lambda r: r.history.first().delete(),
    "history by SQL": lambda r: sql(f"UPDATE {HISTORY._meta.db_table} SET name = 'x'"),
    "clean_duplicate_history": lambda r: call_command("clean_duplicate_history", "--auto"),
    "clean_old_history": lambda r: call_command("clean_old_history", "--auto", "--days", "0"),
    "populate_history": lambda r: call_command("populate_history", "--auto"),
    "append-only update": lambda r: AccessEvent.objects.update(subject="x"),
    "append-only delete": lambda r: AccessEvent.objects.all().delete(),
    "append-only save again": lambda r: AccessEvent.objects.create(action="export").save(),
}
NAMED: dict[str, tuple[Path, str]] = {
    "SQL UPDATE": (
        lambda r: sql(f"UPDATE {TABLE} SET name = 'Inna', krs = '1'"),
        "processors.Organisation {pk}: was changed without history (name, krs)",
    ),
    "SQL DELETE": (
        lambda r: sql(f"DELETE FROM {TABLE}"),
        "processors.Organisation {pk}: was removed without history",
    ),
    "bulk_create past the guard": (
        lambda r: models.QuerySet(Organisation).bulk_create([fresh()]),
        "processors.Organisation {new}: has no history",
    ),
    "update past the guard": (
        lambda r: models.QuerySet(Organisation).update(nip="5252344078"),
        "processors.Organisation {pk}: was changed without history (nip)",
    ),
    "update to NULL": (
        lambda r: models.QuerySet(Organisation).update(diligence_on="2026-01-01"),
        "processors.Organisation {pk}: was changed without history (diligence_on)",
    ),
}


def saved_with(record: Organisation, value: Any) -> None:
    record.name = value
    record.save()


def resaved(row: Any) -> None:
    row.name = "x"
    row.save()


def found() -> list[str]:
    return [str(gap) for gap in reconciliation.gaps()]


def state() -> list[tuple[Any, ...]]:
    return [
        *Organisation.objects.order_by("pk").values_list(),
        *HISTORY.objects.order_by("pk").values_list(),
    ]


@pytest.mark.parametrize("name", KEPT)
def test_history_is_kept(record: Organisation, name: str) -> None:
    rows = sum(model.history.count() for model in registers())
    KEPT[name](record)
    assert sum(model.history.count() for model in registers()) > rows
    assert found() == []


def registers() -> list[Any]:
    return [Organisation, ProcessingActivity, *_through()]


def _through() -> list[Any]:
    return [NamedControllerFactory._meta.model]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(record: Organisation, name: str) -> None:
    AccessEvent.objects.create(action="export", subject="organisations")
    before = AccessEvent.objects.count()
    with pytest.raises(REFUSALS), transaction.atomic():
        REFUSED[name](record)
    assert AccessEvent.objects.count() == before
    assert found() == []
    assert [row for row in state() if "Inna" in row or "x" in row] == []


@pytest.mark.parametrize("name", NAMED)
def test_it_is_named(record: Organisation, name: str) -> None:
    write, told = NAMED[name]
    write(record)
    new = Organisation.objects.exclude(pk=record.pk).values_list("pk", flat=True).first()
    assert found() == [told.format(pk=record.pk, new=new)]


def test_a_withheld_value_is_not_printed(record: Organisation) -> None:
    sql(f"UPDATE {TABLE} SET dpo_email = 'kanarek@poczta.example'")
    out = StringIO()
    with pytest.raises(CommandError, match="1 records"):
        call_command("reconcile_history", "--check", stdout=out)
    assert "(dpo_email)" in out.getvalue()
    assert "kanarek" not in out.getvalue()


def test_a_clean_house_has_no_gaps(record: Organisation) -> None:
    out = StringIO()
    call_command("reconcile_history", "--check", stdout=out)
    assert "equals its history" in out.getvalue()


def test_a_fixture_keeps_history(record: Organisation, tmp_path: Any) -> None:
    fixture = tmp_path / "organisations.json"
    fixture.write_text(serializers.serialize("json", [changed(record)]))
    call_command("loaddata", str(fixture), verbosity=0)
    assert record.history.latest("history_id").name == "Inna"
    assert found() == []
