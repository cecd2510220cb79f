"""Clients of the API and their keys: what each may do, from where, and until when."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.choices import Scope
from accounts.models import ApiClient, ApiKey
from tests.factories import ApiClientFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def _today() -> None:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client_() -> ApiClient:
    return ApiClientFactory()


def key_of(client: ApiClient, *, days: float = 30) -> ApiKey:
    return client.issue_key(until=timezone.now() + timedelta(days=days))[0]


# Clients ------------------------------------------------------------------------------------------


def test_a_client_has_the_scopes_that_are_ticked() -> None:
    assert ApiClientFactory(may_record=False, may_screen=False).scopes == (Scope.CHECK, Scope.READ)


def test_a_client_that_may_do_nothing_is_refused() -> None:
    idle = ApiClientFactory.build(
        may_check=False, may_record=False, may_read=False, may_screen=False
    )
    with pytest.raises(ValidationError):
        idle.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        idle.save()


@pytest.mark.parametrize(
    ("networks", "address", "may"),
    [
        ("", "198.51.100.1", True),
        ("", "", True),
        ("203.0.113.0/24", "203.0.113.7", True),
        ("203.0.113.0/24", "203.0.114.7", False),
        ("203.0.113.0/24", "::ffff:203.0.113.7", True),
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.0/24\n 2001:db8::/32 ", "2001:db8::1", True),
        ("2001:db8::/32", "203.0.113.7", False),
        ("203.0.113.0/24", "", False),
        ("203.0.113.0/24", "unix:", False),
    ],
)
def test_a_client_calls_from_its_networks_alone(networks: str, address: str, may: bool) -> None:
    assert ApiClientFactory.build(networks=networks).allows(address) is may


@pytest.mark.parametrize(
    "wrong", ["dialer", "203.0.113.7/24", "203.0.113.0/24, 198.51.100.1", "0.0.0.0/0", "::/0"]
)
def test_what_is_no_network_is_named(wrong: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ApiClientFactory.build(networks=f"203.0.113.0/24\n{wrong}").full_clean()
    assert list(refusal.value.error_dict) == ["networks"]
    assert len(refusal.value.messages) == 1


def test_networks_are_stored_one_a_line() -> None:
    client = ApiClientFactory.build(networks=" 203.0.113.0/24 \r\n\r\n198.51.100.1\n")
    client.full_clean()
    assert client.networks == "203.0.113.0/24\n198.51.100.1"


# Keys ---------------------------------------------------------------------------------------------


def test_a_key_is_found_by_its_text(client_: ApiClient) -> None:
    key, text = client_.issue_key(until=NOW + YEAR)
    assert ApiKey.of(text) == key


def test_a_key_is_at_least_256_random_bits(client_: ApiClient) -> None:
    secrets = {client_.issue_key(until=NOW + YEAR)[1].split("_", 2)[2] for _n in range(5)}
    assert len(secrets) == 5
    assert all(len(secret) * 6 >= 256 for secret in secrets)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "ccgdpr",
        "ccgdpr__",
        "ccgdpr_000000000000_" + "a" * 43,
        "other_{prefix}_{secret}",
        "ccgdpr_{prefix}_",
        "ccgdpr_{prefix}_{secret}a",
        "ccgdpr_{prefix}_{secret}\n",
        " ccgdpr_{prefix}_{secret}",
        "ccgdpr_{prefix}_" + "a" * 43,
        "ccgdpr_\0{prefix}_{secret}",
    ],
)
def test_nothing_else_finds_it(client_: ApiClient, wrong: str) -> None:
    text = client_.issue_key(until=NOW + YEAR)[1]
    _mark, prefix, secret = text.split("_", 2)
    assert ApiKey.of(wrong.format(prefix=prefix, secret=secret)) is None


def test_every_changed_character_is_another_key(client_: ApiClient) -> None:
    text = client_.issue_key(until=NOW + YEAR)[1]
    for place, letter in enumerate(text):
        changed = text[:place] + ("b" if letter == "a" else "a") + text[place + 1 :]
        assert ApiKey.of(changed) is None


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(days=1), NOW + YEAR + timedelta(seconds=1)])
def test_a_key_holds_for_a_year_at_most(client_: ApiClient, until: datetime) -> None:
    with pytest.raises(ValidationError):
        client_.issue_key(until=until)
    assert not client_.keys.exists()


def test_a_key_may_hold_for_a_whole_year(client_: ApiClient) -> None:
    assert client_.issue_key(until=NOW + YEAR)[0].active_until == NOW + YEAR


@pytest.mark.parametrize("until", [NOW - timedelta(days=1), NOW + YEAR + timedelta(days=1)])
def test_the_database_holds_the_year_too(client_: ApiClient, until: datetime) -> None:
    key = ApiKey(client=client_, prefix="0" * 12, digest="0" * 64, active_until=until)
    with pytest.raises(IntegrityError), transaction.atomic():
        key.save()


def test_a_deactivated_client_is_issued_none(client_: ApiClient) -> None:
    client_.deactivate()
    with pytest.raises(ValidationError):
        key_of(client_)


def test_an_ended_key_holds_no_more(client_: ApiClient) -> None:
    key = key_of(client_)
    key.end()
    assert key.is_ended
    assert key not in client_.keys.active()


@pytest.mark.parametrize("days", [-1, 31])
def test_a_key_ends_neither_in_the_past_nor_later_than_it_would(
    client_: ApiClient, days: int
) -> None:
    key = key_of(client_, days=30)
    with pytest.raises(ValidationError):
        key.end(at=NOW + timedelta(days=days))
    key.refresh_from_db()
    assert key.active_until == NOW + timedelta(days=30)


def test_a_key_ends_once(client_: ApiClient) -> None:
    key = key_of(client_)
    key.end()
    with pytest.raises(ValidationError):
        key.end()


def test_both_keys_hold_while_a_client_changes_over(client_: ApiClient) -> None:
    old = key_of(client_)
    new, _text = old.change_over(until=NOW + YEAR, overlap=timedelta(days=1))
    assert set(client_.keys.active()) == {old, new}
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert set(client_.keys.active()) == {new}


def test_a_key_that_is_changed_over_never_holds_longer(client_: ApiClient) -> None:
    old = key_of(client_, days=2)
    old.change_over(until=NOW + YEAR, overlap=timedelta(days=7))
    old.refresh_from_db()
    assert old.active_until == NOW + timedelta(days=2)


def test_a_change_over_without_overlap_ends_the_old_key_at_once(client_: ApiClient) -> None:
    old = key_of(client_)
    old.change_over(until=NOW + YEAR, overlap=timedelta())
    assert old.is_ended


def test_a_change_over_that_fails_ends_nothing(client_: ApiClient) -> None:
    old = key_of(client_)
    with pytest.raises(ValidationError):
        old.change_over(until=NOW + 2 * YEAR, overlap=timedelta())
    old.refresh_from_db()
    assert not old.is_ended


def test_an_ended_key_is_not_changed_over(client_: ApiClient) -> None:
    old = key_of(client_)
    old.end()
    with pytest.raises(ValidationError):
        old.change_over(until=NOW + YEAR, overlap=timedelta())
    assert client_.keys.count() == 1


def test_history_says_that_a_key_was_issued_and_not_its_digest(client_: ApiClient) -> None:
    key = key_of(client_)
    entry = key.history.get()
    assert not hasattr(entry, "digest")
    assert entry.history_withheld == "digest"


def test_when_a_key_was_last_used_leaves_no_history(client_: ApiClient) -> None:
    key = key_of(client_)
    key.last_used_at = NOW
    key.save(update_fields=["last_used_at"])
    assert key.history.count() == 1
