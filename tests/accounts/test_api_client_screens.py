"""The DPO keeps the clients of the API; the text of a key stands in one answer and nowhere else."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import ApiClient, ApiKey, ApiUsage
from audit import expiries, rules
from audit.choices import Way
from tests.factories import ApiClientFactory, ClientGrantFactory, UserFactory

pytestmark = pytest.mark.django_db

WHY = {"cause": "other", "reason_text": "Zmiana dostawcy"}
TEXT = re.compile(r"ccgdpr_[0-9a-f]{12}_[\w-]{43}")


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def dpo(client: Client) -> Client:
    client.force_login(UserFactory())
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def machine() -> ApiClient:
    return ApiClientFactory(name="Dialler", networks="203.0.113.0/24")


def url(name: str, *key: Any) -> str:
    return reverse(f"admin:accounts_{name}", args=key)


def ending(days: int) -> str:
    return timezone.localtime(timezone.now() + timedelta(days=days)).strftime("%Y-%m-%d %H:%M")


def issue(client: Client, machine: ApiClient, **data: Any) -> HttpResponse:
    newest = machine.keys.first()
    posted = {"until": ending(90), "newest": newest.pk if newest else 0}
    return client.post(url("apiclient_issue-key", machine.pk), posted | data)


def change_over(client: Client, key: ApiKey, **data: Any) -> HttpResponse:
    posted = {"until": ending(90), "hours": "24", "newest": key.client.keys.first().pk, **WHY}
    return client.post(url("apikey_change-over", key.pk), posted | data)


def text_in(answer: HttpResponse) -> str:
    return TEXT.search(answer.content.decode()).group()


def key_of(machine: ApiClient, days: float = 90) -> ApiKey:
    return machine.issue_key(until=timezone.now() + timedelta(days=days))[0]


# Clients ------------------------------------------------------------------------------------------


def test_a_client_is_added_and_its_page_says_what_it_needs(dpo: Client) -> None:
    data = {"name": "CRM", "contact": "IT", "may_read": "on", "networks": "", "daily_contacts": 5}
    answer = dpo.post(url("apiclient_add"), data, follow=True)
    assert ApiClient.objects.get().scopes == ("read",)
    assert {finding.rule.code for finding in answer.context["findings"]} == {
        "api_client_without_key",
        "api_client_without_purpose",
        "api_client_from_anywhere",
    }


def test_a_client_that_may_do_nothing_is_not_added(dpo: Client) -> None:
    data = {"name": "CRM", "contact": "IT", "networks": "", "daily_contacts": 5}
    form = dpo.post(url("apiclient_add"), data).context["adminform"].form
    assert form.errors == {"may_check": ["Tick what the client may do."]}
    assert not ApiClient.objects.exists()


def test_widening_what_a_client_in_use_may_do_needs_a_reason(
    dpo: Client, machine: ApiClient
) -> None:
    key_of(machine)
    page = dpo.get(url("apiclient_change", machine.pk)).context["adminform"].form
    data = {name: value for name, value in page.initial.items() if value not in (None, False)}
    assert dpo.post(url("apiclient_change", machine.pk), data | {"networks": ""}).status_code == 200
    machine.refresh_from_db()
    assert machine.networks == "203.0.113.0/24"


@pytest.mark.parametrize(("verb", "is_active"), [("deactivate", False), ("reactivate", True)])
def test_a_client_is_closed_and_opened_with_a_reason(
    dpo: Client, machine: ApiClient, verb: str, is_active: bool
) -> None:
    machine.is_active = not is_active
    machine.save()
    assert dpo.post(url(f"apiclient_{verb}", machine.pk), WHY).status_code == 302
    machine.refresh_from_db()
    assert machine.is_active is is_active
    assert machine.history.first().history_change_reason.endswith("Zmiana dostawcy")


def test_the_list_says_what_each_asked_today(dpo: Client, machine: ApiClient) -> None:
    ApiUsage.objects.create(client=machine, day=timezone.localdate(), contacts=1234)
    assert "1\xa0234 / 100\xa0000" in dpo.get(url("apiclient_changelist")).content.decode()


def test_the_page_plots_what_it_asked(dpo: Client, machine: ApiClient) -> None:
    ApiUsage.objects.create(client=machine, day=timezone.localdate(), contacts=1234)
    content = dpo.get(url("apiclient_change", machine.pk)).content.decode()
    assert '<svg class="plot"' in content
    assert "1\xa0234" in content


@pytest.mark.parametrize("many", [1, 20])
def test_the_list_asks_no_more_for_more_clients(
    dpo: Client, many: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(many):
        key_of(ApiClientFactory())
    with django_assert_max_num_queries(25):
        dpo.get(url("apiclient_changelist"))


# Keys ---------------------------------------------------------------------------------------------


def test_a_key_is_issued_and_shown(dpo: Client, machine: ApiClient) -> None:
    answer = issue(dpo, machine)
    assert ApiKey.of(text_in(answer)) == machine.keys.get()
    assert machine.keys.get().history.get().history_way == Way.ADMIN


def test_the_answer_with_a_key_is_kept_by_no_cache(dpo: Client, machine: ApiClient) -> None:
    assert "no-store" in issue(dpo, machine)["Cache-Control"]


def test_a_key_is_shown_once(dpo: Client, machine: ApiClient) -> None:
    text = text_in(issue(dpo, machine))
    key = machine.keys.get()
    pages = [
        url("apiclient_change", machine.pk),
        url("apiclient_changelist"),
        url("apiclient_history", machine.pk),
        url("apiclient_issue-key", machine.pk),
        url("apikey_changelist"),
        url("apikey_change", key.pk),
        url("apikey_history", key.pk),
        reverse("admin:audit_trail"),
        reverse("admin:index"),
    ]
    secret = text.split("_", 2)[2]
    for page in pages:
        assert secret not in dpo.get(page).content.decode()


def test_a_key_is_in_no_session_and_no_message(dpo: Client, machine: ApiClient) -> None:
    answer = issue(dpo, machine)
    secret = text_in(answer).split("_", 2)[2]
    said = [str(message) for message in answer.context["messages"]]
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert secret not in repr([said, kept, dict(dpo.cookies)])


def test_a_page_that_is_loaded_again_issues_no_second_key(dpo: Client, machine: ApiClient) -> None:
    issue(dpo, machine, newest=0)
    answer = issue(dpo, machine, newest=0)
    assert not TEXT.search(answer.content.decode())
    assert machine.keys.count() == 1


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_an_end_that_no_key_may_have_is_named(dpo: Client, machine: ApiClient, days: int) -> None:
    answer = issue(dpo, machine, until=ending(days))
    assert answer.context["form"].errors
    assert not machine.keys.exists()


def test_no_key_is_issued_to_a_deactivated_client(dpo: Client, machine: ApiClient) -> None:
    machine.deactivate()
    assert issue(dpo, machine).status_code == 200
    assert not machine.keys.exists()


def test_a_client_changes_over_without_a_gap(dpo: Client, machine: ApiClient) -> None:
    old = key_of(machine)
    text = text_in(change_over(dpo, old))
    old.refresh_from_db()
    assert set(machine.keys.active()) == {old, ApiKey.of(text)}
    assert old.active_until - timezone.now() <= timedelta(days=1)


def test_a_client_changes_over_at_once(dpo: Client, machine: ApiClient) -> None:
    old = key_of(machine)
    text = text_in(change_over(dpo, old, hours="0"))
    assert set(machine.keys.active()) == {ApiKey.of(text)}


def test_a_change_over_says_why(dpo: Client, machine: ApiClient) -> None:
    old = key_of(machine)
    change_over(dpo, old, cause="")
    assert machine.keys.count() == 1


def test_a_key_is_ended_with_a_reason(dpo: Client, machine: ApiClient) -> None:
    key = key_of(machine)
    assert dpo.post(url("apikey_end", key.pk), WHY).status_code == 302
    key.refresh_from_db()
    assert key.is_ended


def test_a_key_is_neither_written_nor_deleted_by_hand(dpo: Client, machine: ApiClient) -> None:
    key = key_of(machine)
    data = {"client": machine.pk, "active_until": "2030-01-01", "digest": "0" * 64}
    assert dpo.post(url("apikey_add"), data).status_code == 403
    assert dpo.post(url("apikey_change", key.pk), data).status_code == 403
    assert dpo.post(url("apikey_delete", key.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("trait", ["approver", "supervisor", "auditor"])
@pytest.mark.parametrize("verb", ["issue-key", "deactivate", "reactivate"])
def test_others_keep_no_clients(client: Client, machine: ApiClient, trait: str, verb: str) -> None:
    client.force_login(UserFactory(**{trait: True}))
    data = {"until": ending(90), "newest": 0, **WHY}
    assert client.post(url(f"apiclient_{verb}", machine.pk), data).status_code == 403
    assert not machine.keys.exists()


def test_an_auditor_sees_clients_and_keys(client: Client, machine: ApiClient) -> None:
    key = key_of(machine)
    client.force_login(UserFactory(auditor=True))
    assert str(key) in client.get(url("apiclient_change", machine.pk)).content.decode()
    assert client.get(url("apikey_change", key.pk)).status_code == 200


def test_a_list_is_no_oracle_for_digests(dpo: Client, machine: ApiClient) -> None:
    key_of(machine)
    answer = dpo.get(url("apikey_changelist"), {"digest__startswith": "a"})
    assert answer.status_code in (302, 400)


# Findings -----------------------------------------------------------------------------------------


def broken(record: Any) -> set[str]:
    return {finding.rule.code for finding in rules.findings_for(record)}


@pytest.fixture
def sound(machine: ApiClient) -> ApiClient:
    """A client with nothing to find."""
    ClientGrantFactory(client=machine)
    key_of(machine)
    return machine


def test_a_client_in_order_has_no_finding(sound: ApiClient) -> None:
    assert broken(sound) == broken(sound.keys.get()) == set()


def test_a_deactivated_client_is_no_finding(machine: ApiClient) -> None:
    key = key_of(machine, days=1)
    machine.deactivate()
    assert broken(machine) == broken(key) == set()


@pytest.mark.parametrize(("days", "found"), [(29, True), (31, False)])
def test_a_key_that_ends_soon_is_found(machine: ApiClient, days: int, found: bool) -> None:
    assert ("api_key_ends" in broken(key_of(machine, days=days))) is found


def test_a_key_that_was_changed_over_is_no_finding(machine: ApiClient) -> None:
    old = key_of(machine, days=10)
    new = key_of(machine, days=90)
    assert broken(old) == broken(new) == set()


def test_a_key_that_nobody_uses_is_found(machine: ApiClient) -> None:
    key = key_of(machine)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert broken(key) == {"api_key_unused"}
        key.last_used_at = timezone.now()
        key.save(update_fields=["last_used_at"])
        assert broken(key) == set()


def test_a_client_whose_keys_have_ended_is_found(sound: ApiClient) -> None:
    sound.keys.get().end()
    assert broken(sound) == {"api_client_without_key"}


def test_a_client_that_may_call_from_anywhere_is_found(sound: ApiClient) -> None:
    sound.networks = ""
    sound.save()
    assert broken(sound) == {"api_client_from_anywhere"}


@pytest.mark.parametrize(("days", "found"), [(6, True), (7, False)])
def test_a_spent_quota_is_found_for_a_week(sound: ApiClient, days: int, found: bool) -> None:
    day = timezone.localdate() - timedelta(days=days)
    ApiUsage.objects.create(client=sound, day=day, refused_at=timezone.now())
    assert ("api_client_quota_spent" in broken(sound)) is found


def test_the_ends_of_keys_are_among_what_ends(sound: ApiClient) -> None:
    (keys,) = [each for each in expiries.registered() if each.code == "api_key"]
    assert list(keys.coming(timezone.localdate() + timedelta(days=5))) == [sound.keys.get()]
