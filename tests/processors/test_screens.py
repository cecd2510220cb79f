from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

ADD = reverse("admin:processors_organisation_add")
LIST = reverse("admin:processors_organisation_changelist")
NEW = {
    "name": "Lead-Baza sp. z o.o.",
    "slug": "lead-baza",
    "nip": "000-100-00-31",
    "country": "PL",
    "diligence": "not_checked",
}


@pytest.fixture
def _dpo(client: Client) -> None:
    client.force_login(UserFactory())


@pytest.mark.usefixtures("_dpo")
def test_a_tax_number_may_be_typed_with_dashes(client: Client) -> None:
    assert client.post(ADD, NEW).status_code == 302
    assert Organisation.objects.get(slug="lead-baza").nip == "0001000031"


@pytest.mark.usefixtures("_dpo")
@pytest.mark.parametrize(
    "wrong", [{"nip": "0001000032"}, {"diligence": "sufficient"}, {"slug": ""}, {"name": ""}]
)
def test_a_company_is_not_added_by_halves(client: Client, wrong: dict[str, str]) -> None:
    assert client.post(ADD, NEW | wrong).status_code == 200
    assert not Organisation.objects.exists()


@pytest.mark.usefixtures("_dpo")
def test_a_company_is_found_by_name_and_by_tax_number(client: Client) -> None:
    OrganisationFactory(slug="lead-baza", nip="0001000031", name="Lead-Baza")
    OrganisationFactory(slug="inna", name="Inna")
    for typed in ("lead", "0001000031"):
        assert client.get(LIST, {"q": typed}).context["cl"].result_count == 1


@pytest.mark.parametrize("trait", ["approver", "auditor", "supervisor"])
def test_nobody_else_adds_a_company(client: Client, trait: str) -> None:
    client.force_login(UserFactory(**{trait: True}))
    assert client.post(ADD, NEW).status_code == 403


@pytest.mark.usefixtures("_dpo")
def test_the_key_stays(client: Client) -> None:
    company: Any = OrganisationFactory(slug="lead-baza")
    page = client.get(reverse("admin:processors_organisation_change", args=[company.pk]))
    assert "slug" not in page.context["adminform"].form.fields
