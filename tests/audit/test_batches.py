"""Batches are named by when they began, so that the trail finds the newest without the rest."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from audit import trail
from audit.act import acting, begun_at, first_batch_at, new_batch
from audit.trail import batches
from tests.factories import OrganisationFactory

MOMENT = datetime(2026, 7, 1, 10, 0, 0, 123000, tzinfo=UTC)


def test_a_batch_tells_when_it_began() -> None:
    batch = new_batch(MOMENT + timedelta(microseconds=456))
    assert (begun_at(batch), batch.version, batch.variant) == (MOMENT, 7, uuid.RFC_4122)


def test_batches_are_in_the_order_of_time() -> None:
    moments = [MOMENT + timedelta(milliseconds=n) for n in range(50)]
    named = [new_batch(moment) for moment in moments]
    assert sorted(named) == named
    assert first_batch_at(moments[1]) <= named[1]
    assert named[0] < first_batch_at(moments[1])


def test_two_batches_of_one_moment_differ() -> None:
    assert new_batch(MOMENT) != new_batch(MOMENT)


def test_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="new_batch"), acting(batch=uuid.uuid4()):
        pass


@pytest.mark.django_db
def test_a_page_reads_no_more_batches_than_it_shows() -> None:
    now = timezone.now()
    for minutes in range(6):
        with acting(batch=new_batch(now - timedelta(minutes=minutes))):
            OrganisationFactory(client=True, slug=f"sklep-{minutes}")
    heads = batches._heads(trail.Asked(), None, 2)
    assert [begun_at(head.batch).minute for head in heads] == [
        (now - timedelta(minutes=minutes)).minute for minutes in range(2)
    ]


@pytest.mark.django_db
def test_batches_of_a_day_are_found_between_others() -> None:
    today = timezone.localtime().replace(hour=12)
    for days in range(4):
        with acting(batch=new_batch(today - timedelta(days=days))):
            OrganisationFactory(client=True, slug=f"sklep-{days}")
    day = (today - timedelta(days=2)).date()
    heads = batches.batches(trail.Asked(since=day, until=day), None, 10)
    assert [timezone.localtime(head.at).date() for head in heads] == [day]
