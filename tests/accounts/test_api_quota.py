"""The quota of a client for a day: exact, never more, and given back by a rollback."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.api import quota
from accounts.api.quota import QuotaSpent, take
from accounts.models import ApiClient, ApiUsage
from accounts.usage import forget_old_usage, usage_of
from audit.choices import AccessAction
from audit.models import AccessEvent
from tests.factories import ApiClientFactory

NOON = datetime(2026, 11, 25, 11, tzinfo=UTC)
once = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_process_that_just_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "_left", {})


def limited(contacts: int) -> ApiClient:
    return ApiClientFactory(daily_contacts=contacts)


def counted(client: ApiClient) -> int:
    return sum(ApiUsage.objects.filter(client=client).values_list("contacts", flat=True))


def another_process() -> None:
    quota._left.clear()


def taken(client: ApiClient, sizes: Iterator[int]) -> int:
    """How many contacts ``client`` gets when it asks about ``sizes`` one after another."""
    got = 0
    for size in sizes:
        try:
            take(client, size)
        except QuotaSpent:
            continue
        got += size
    return got


@once
def test_the_quota_is_given_to_the_last_contact() -> None:
    client = limited(10)
    take(client, 7)
    take(client, 3)
    with pytest.raises(QuotaSpent):
        take(client, 1)


@once
def test_a_call_gets_all_of_what_it_asks_or_nothing() -> None:
    client = limited(10)
    take(client, 7)
    with pytest.raises(QuotaSpent):
        take(client, 4)
    take(client, 3)
    assert counted(client) == 10


@once
def test_a_call_larger_than_the_quota_costs_nothing() -> None:
    client = limited(10)
    with pytest.raises(QuotaSpent):
        take(client, 11)
    assert counted(client) == 0


@once
def test_nothing_asked_is_nothing_counted() -> None:
    client = limited(10)
    take(client, 0)
    assert not ApiUsage.objects.exists()


@once
def test_clients_have_quotas_of_their_own() -> None:
    spent, other = limited(1), limited(1)
    take(spent, 1)
    take(other, 1)


@once
def test_a_quota_raised_during_the_day_holds_at_once() -> None:
    client = limited(1)
    take(client, 1)
    client.daily_contacts = 2
    client.save()
    take(client, 1)


@once
def test_the_next_local_day_begins_anew() -> None:
    client = limited(1)
    before_midnight = datetime(2026, 11, 25, 22, 59, tzinfo=UTC)
    with time_machine.travel(before_midnight, tick=False):
        take(client, 1)
        with pytest.raises(QuotaSpent) as refusal:
            take(client, 1)
    assert refusal.value.wait == 60
    with time_machine.travel(before_midnight + timedelta(minutes=1), tick=False):
        take(client, 1)


@once
@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        (datetime(2026, 3, 28, 23, tzinfo=UTC), 23),  # the clock goes forward that day
        (datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
    ],
)
def test_the_wait_is_as_long_as_the_day_is(moment: datetime, hours: int) -> None:
    with time_machine.travel(moment, tick=False), pytest.raises(QuotaSpent) as refusal:
        take(limited(1), 2)
    assert refusal.value.wait == hours * 3600


# Portions -----------------------------------------------------------------------------------------


@committed
def test_a_portion_is_counted_at_once_and_spent_from_memory() -> None:
    client = limited(5000)
    take(client, 1)
    with CaptureQueriesContext(connection) as queries:
        for _n in range(4):
            take(client, 1)
    assert len(queries) == 0
    assert counted(client) == 5


@committed
def test_a_process_gets_the_quota_to_the_last_contact() -> None:
    client = limited(5000)
    assert taken(client, iter([7] * 800)) == 4998
    assert taken(client, iter([2])) == 2


@committed
def test_several_processes_together_never_get_more() -> None:
    client = limited(5000)
    got = 0
    for _process in range(30):
        got += taken(client, iter([3] * 80))
        another_process()
    # What a process had left when it ended counts as asked.
    assert 4800 <= got <= 5000
    assert counted(client) <= 5000


@committed
def test_threads_together_get_the_quota_exactly() -> None:
    client = limited(400)

    def ask(_n: int) -> int:
        try:
            return taken(client, iter([1] * 60))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(8))) == 400


@committed
def test_what_is_taken_in_a_transaction_comes_back_with_a_rollback() -> None:
    client = limited(5000)
    with transaction.atomic():
        take(client, 3)
        transaction.set_rollback(True)
    assert counted(client) == 0
    assert taken(client, iter([10] * 600)) == 5000


@committed
def test_a_portion_from_before_is_not_given_twice_by_a_rollback() -> None:
    client = limited(5000)
    take(client, 1)
    with transaction.atomic():
        take(client, 10)
        transaction.set_rollback(True)
    assert taken(client, iter([1] * 6000)) <= 5000 - 1
    assert counted(client) == 5000


@committed
def test_yesterday_s_rest_is_forgotten() -> None:
    client = limited(5000)
    with time_machine.travel(NOON, tick=False):
        take(client, 1)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        take(client, 1)
    assert [day for day, _client in quota._left] == [NOON.date() + timedelta(days=1)]


# What is told of it -------------------------------------------------------------------------------


@once
def test_the_first_refusal_of_a_day_stands_in_the_access_log() -> None:
    client = limited(2)
    for _n in range(3):
        with pytest.raises(QuotaSpent):
            take(client, 3)
    opened, closed = AccessEvent.objects.order_by("pk")
    assert (opened.action, closed.rows) == (AccessAction.CHECK, 0)
    assert opened.filters == {"refused": "quota", "contacts": 3, "quota": 2}
    assert str(client.uuid) in opened.subject


@once
def test_a_check_within_the_quota_leaves_no_note_of_it() -> None:
    take(limited(2), 2)
    assert not AccessEvent.objects.exists()


@once
def test_use_is_told_by_day() -> None:
    client = limited(100)
    with time_machine.travel(NOON - timedelta(days=10), tick=False):
        take(client, 4)
    with time_machine.travel(NOON, tick=False):
        take(client, 2)
        usage = usage_of(client)
    assert (usage.today, usage.week, usage.total, usage.quota) == (2, 2, 6, 100)
    assert len(usage.plot.bars) == 2


@once
def test_what_is_older_than_thirty_days_is_not_told() -> None:
    client = limited(100)
    with time_machine.travel(NOON - timedelta(days=30), tick=False):
        take(client, 4)
    with time_machine.travel(NOON, tick=False):
        assert usage_of(client) is None


@once
def test_counts_are_erased_after_ninety_days() -> None:
    client, today = limited(100), timezone.localdate()
    for days in (90, 91):
        ApiUsage.objects.create(client=client, day=today - timedelta(days=days))
    forget_old_usage()
    assert ApiUsage.objects.get().day == today - timedelta(days=90)
