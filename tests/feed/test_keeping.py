"""The feed is kept for the days that the house says, and no longer."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from consents.models import ConsentEvent
from feed import keeping, sequencer
from feed.models import FeedEntry, FeedHead
from tests.feed.conftest import give, withdraw
from tests.process import HOUSE, environment


@pytest.fixture
def aged(house):
    """Two entries of 91 days ago, and one of today."""
    give(house)
    withdraw(house)
    sequencer.number()
    FeedEntry.objects.update(numbered_at=timezone.now() - timedelta(days=91))
    give(house)
    sequencer.number()


def test_entries_are_erased_after_their_days(aged):
    keeping.erase_old()
    assert list(FeedEntry.objects.values_list("seq", flat=True)) == [3]
    assert FeedHead.now().erased == 2


def test_what_they_told_of_stays(aged):
    keeping.erase_old()
    assert ConsentEvent.objects.count() == 3


def test_numbers_are_never_given_twice_once_their_entries_are_gone(house, aged):
    FeedEntry.objects.update(numbered_at=timezone.now() - timedelta(days=91))
    keeping.erase_old()
    withdraw(house)
    sequencer.number()
    assert list(FeedEntry.objects.values_list("seq", flat=True)) == [4]


def test_a_long_past_is_erased_in_portions(aged, monkeypatch):
    monkeypatch.setattr(keeping, "PORTION", 1)
    keeping.erase_old()
    assert FeedHead.now().erased == 2


def test_what_is_young_enough_is_kept(house):
    give(house)
    sequencer.number()
    keeping.erase_old()
    assert FeedEntry.objects.count() == 1


@pytest.mark.parametrize(("days", "starts"), [("29", False), ("30", True)])
def test_a_house_that_would_forget_too_soon_does_not_start(days, starts):
    told = "from django.conf import settings; settings.FEED_KEEP_DAYS"
    env = {**environment(), "FEED_KEEP_DAYS": days}
    ended = subprocess.run(
        [sys.executable, "-c", told],
        cwd=HOUSE,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode == 0) == starts, ended.stderr
    assert ("FEED_KEEP_DAYS must be at least 30" in ended.stderr) != starts
