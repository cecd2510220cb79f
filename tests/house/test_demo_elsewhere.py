"""The demo in a house that is not empty."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _debug(settings: Any, tmp_path: Any) -> None:
    settings.DEBUG = True
    settings.DATA_DIR = tmp_path


@pytest.mark.parametrize("factory", [OrganisationFactory, UserFactory])
def test_if_empty_leaves_somebodys_house_alone(factory: Any) -> None:
    factory()
    out = io.StringIO()
    call_command("demo", "--if-empty", stdout=out)
    assert out.getvalue() == ""
    assert User.objects.count() + Organisation.objects.count() == 1


def test_a_house_with_a_centre_of_its_own_is_refused() -> None:
    OrganisationFactory()
    with pytest.raises(CommandError, match="centre of its own"):
        call_command("demo")
