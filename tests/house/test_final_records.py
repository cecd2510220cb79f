"""What a register has made final stays so, whoever asks: each field, by SQL past every model."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from legitimate_interest.models import BalanceTest
from notices.models import NoticeVersion
from tests.factories import PurposeFactory
from tests.notices.making import published
from tests.screening.registers import approved_test

pytestmark = pytest.mark.django_db

FROZEN = [model for model in apps.get_models() if getattr(model, "frozen_by", None)]
FINAL: dict[type[models.Model], Callable[[], models.Model]] = {
    BalanceTest: lambda: approved_test(PurposeFactory(legitimate=True)),
    NoticeVersion: published,
}
CASES = [(model, name) for model in FINAL for name in model.frozen_by.fields]


def written(model: type[models.Model], pk: int, column: str, value: Any) -> None:
    """Set one column of one row, past the model."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE id = %s', [value, pk]
        )


def test_every_frozen_register_is_tried_here() -> None:
    assert set(FROZEN) == set(FINAL)


@pytest.mark.parametrize(("model", "name"), CASES, ids=lambda each: getattr(each, "__name__", each))
def test_a_final_field_is_not_changed_by_sql(model: type[models.Model], name: str) -> None:
    record = FINAL[model]()
    column = model._meta.get_field(name).column
    stored = model.objects.filter(pk=record.pk).values_list(name, flat=True).get()
    other = None if stored is not None else 1
    with pytest.raises(IntegrityError):
        written(model, record.pk, column, other)


@pytest.mark.parametrize("model", FINAL, ids=lambda model: model.__name__)
def test_a_final_record_is_not_set_back_to_draft(model: type[models.Model]) -> None:
    record = FINAL[model]()
    with pytest.raises(IntegrityError):
        written(model, record.pk, model.frozen_by.state, "draft")


@pytest.mark.parametrize("model", FINAL, ids=lambda model: model.__name__)
def test_a_final_record_is_not_deleted(model: type[models.Model]) -> None:
    record = FINAL[model]()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = %s', [record.pk])


@pytest.mark.parametrize("model", FINAL, ids=lambda model: model.__name__)
def test_what_is_not_on_the_list_may_still_change(model: type[models.Model]) -> None:
    record = FINAL[model]()
    written(model, record.pk, "created_at", "2026-01-02 03:04:05")
    assert model.objects.get(pk=record.pk).created_at.year == 2026
