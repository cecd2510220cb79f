from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.house.floors import FLOORS, HOUSE, PROJECT, house_models, keys


def test_every_app_of_the_house_stands_on_a_floor() -> None:
    ours = {a.name for a in apps.get_app_configs() if Path(a.path).parent == HOUSE}
    assert ours == set(FLOORS)


def test_the_roots_of_the_import_contract_are_the_floors() -> None:
    assert PROJECT["tool"]["importlinter"]["root_packages"] == FLOORS


@pytest.mark.parametrize("model", house_models(), ids=lambda model: model._meta.label)
def test_keys_point_down(model: type[models.Model]) -> None:
    floor = FLOORS.index(model._meta.app_label)
    up = [key.name for key in keys(model) if _floor(key) < floor and not _is_the_user(key)]
    assert up == []


def _floor(key: models.ForeignKey) -> int:
    label = key.related_model._meta.app_label
    return FLOORS.index(label) if label in FLOORS else len(FLOORS)


def _is_the_user(key: models.ForeignKey) -> bool:
    # Django's own door between audit and accounts, and the one exception.
    return key.related_model._meta.label == settings.AUTH_USER_MODEL
