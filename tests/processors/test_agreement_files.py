from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import tablib
from django.test import Client
from django.urls import reverse

from audit.models import AuditedModel
from processors.models import (
    AgreementClause,
    ProcessingAgreement,
    SubProcessor,
    Transfer,
)
from processors.resources import (
    AgreementClauseResource,
    ProcessingAgreementResource,
    SubProcessorResource,
    TransferResource,
)
from tests.factories import AgreementFactory, SubProcessorFactory, TransferFactory, UserFactory

pytestmark = pytest.mark.django_db

REGISTERS: list[tuple[Any, type[AuditedModel], Callable[[], Any], str]] = [
    (ProcessingAgreementResource, ProcessingAgreement, AgreementFactory, "people"),
    (AgreementClauseResource, AgreementClause, lambda: AgreementFactory().clauses.first(), "note"),
    (SubProcessorResource, SubProcessor, SubProcessorFactory, "subject"),
    (TransferResource, Transfer, TransferFactory, "tia_note"),
]
IDS = [model._meta.model_name for _resource, model, _make, _field in REGISTERS]


def taken_in(resource: Any, data: tablib.Dataset) -> Any:
    return resource().import_data(data, raise_errors=True)


@pytest.mark.parametrize(("resource", "model", "make", "field"), REGISTERS, ids=IDS)
def test_a_register_comes_back_unchanged(resource: Any, model: Any, make: Any, field: str) -> None:
    make()
    before = list(model.objects.order_by("pk").values())
    result = taken_in(resource, resource().export())
    assert result.totals["skip"] == model.objects.count()
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(("resource", "model", "make", "field"), REGISTERS, ids=IDS)
def test_a_changed_cell_changes_one_record(
    resource: Any, model: Any, make: Any, field: str
) -> None:
    record = make()
    data = resource().export(model.objects.filter(pk=record.pk))
    place = data.headers.index(field)
    row = list(data[0])
    row[place] = "z pliku"
    result = taken_in(resource, tablib.Dataset(row, headers=data.headers))
    record.refresh_from_db()
    assert result.totals["update"] == 1
    assert getattr(record, field) == "z pliku"
    assert record.history.first().history_way == "import"


def test_a_file_cannot_say_what_the_form_refuses() -> None:
    agreement = AgreementFactory(in_force_until=date(2026, 1, 1))
    data = ProcessingAgreementResource().export()
    row = dict(zip(data.headers, data[0], strict=True)) | {"in_force_until": "2024-01-01"}
    result = ProcessingAgreementResource().import_data(
        tablib.Dataset(list(row.values()), headers=list(row))
    )
    assert result.has_validation_errors()
    agreement.refresh_from_db()
    assert agreement.in_force_until == date(2026, 1, 1)


@pytest.mark.parametrize("model", IDS)
def test_an_auditor_takes_registers_away_and_brings_none(client: Client, model: str) -> None:
    client.force_login(UserFactory(auditor=True))
    assert client.get(reverse(f"admin:processors_{model}_export")).status_code == 200
    assert client.get(reverse(f"admin:processors_{model}_import")).status_code == 403
