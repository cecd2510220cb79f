"""Which client of the API may use which purpose: granted, ended, never rewritten."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiClient
from audit import rules
from processing.models import ClientGrant, Purpose
from tests.factories import ApiClientFactory, ClientGrantFactory, PurposeFactory, UserFactory

pytestmark = pytest.mark.django_db

WHY = {"cause": "other", "reason_text": "Koniec kampanii"}


@pytest.fixture
def dpo(client: Client) -> Client:
    client.force_login(UserFactory())
    return client


@pytest.fixture
def machine() -> ApiClient:
    return ApiClientFactory()


def granted(machine: ApiClient) -> list[Purpose]:
    return list(Purpose.objects.granted_to_client(machine))


def add(client: Client, machine: ApiClient, purpose: Purpose) -> int:
    now = timezone.localtime()
    data = {
        "client": machine.pk,
        "purpose": purpose.pk,
        "active_from_0": now.strftime("%d.%m.%Y"),
        "active_from_1": "00:00:00",
        "active_until_0": "",
        "active_until_1": "",
    }
    return client.post(reverse("admin:processing_clientgrant_add"), data)


def test_the_dpo_grants_a_purpose_and_is_led_back_to_the_client(
    dpo: Client, machine: ApiClient
) -> None:
    purpose = PurposeFactory()
    answer = add(dpo, machine, purpose)
    assert answer["Location"] == reverse("admin:accounts_apiclient_change", args=[machine.pk])
    assert granted(machine) == [purpose]


def test_a_purpose_is_granted_once(dpo: Client, machine: ApiClient) -> None:
    grant = ClientGrantFactory(client=machine)
    assert add(dpo, machine, grant.purpose).status_code == 200
    assert ClientGrant.objects.count() == 1


def test_a_deactivated_client_is_granted_nothing(dpo: Client, machine: ApiClient) -> None:
    machine.deactivate()
    assert add(dpo, machine, PurposeFactory()).status_code == 200
    assert not ClientGrant.objects.exists()


def test_an_ended_grant_grants_nothing_any_more(dpo: Client) -> None:
    grant = ClientGrantFactory()
    assert dpo.post(reverse("admin:processing_clientgrant_end", args=[grant.pk]), WHY)
    assert granted(grant.client) == []


def test_an_ended_purpose_may_be_granted_again(dpo: Client) -> None:
    grant = ClientGrantFactory()
    grant.end()
    add(dpo, grant.client, grant.purpose)
    assert granted(grant.client) == [grant.purpose]


def test_nobody_rewrites_to_whom_it_was_granted(dpo: Client, machine: ApiClient) -> None:
    grant = ClientGrantFactory()
    url = reverse("admin:processing_clientgrant_change", args=[grant.pk])
    assert dpo.post(url, {"client": machine.pk, "purpose": grant.purpose_id}).status_code == 403


@pytest.mark.parametrize("trait", ["approver", "supervisor", "auditor"])
def test_others_grant_nothing(client: Client, machine: ApiClient, trait: str) -> None:
    client.force_login(UserFactory(**{trait: True}))
    assert add(client, machine, PurposeFactory()).status_code == 403


def test_the_page_of_the_client_shows_its_purposes(dpo: Client) -> None:
    grant = ClientGrantFactory(purpose__slug="newsletter")
    url = reverse("admin:accounts_apiclient_change", args=[grant.client_id])
    assert "<code>newsletter</code>" in dpo.get(url).content.decode()


def test_who_sees_no_grants_sees_none_on_the_page(client: Client) -> None:
    grant = ClientGrantFactory(purpose__slug="newsletter")
    client.force_login(UserFactory(approver=True))
    url = reverse("admin:accounts_apiclient_change", args=[grant.client_id])
    assert client.get(url).status_code == 403


def test_a_client_whose_grants_have_ended_is_found() -> None:
    grant = ClientGrantFactory()
    codes = {finding.rule.code for finding in rules.findings_for(grant.client)}
    assert "api_client_without_purpose" not in codes
    grant.active_until = timezone.now() - timedelta(hours=1)
    grant.save()
    codes = {finding.rule.code for finding in rules.findings_for(grant.client)}
    assert "api_client_without_purpose" in codes
