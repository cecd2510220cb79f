"""The DPO sees who follows the feed, how far each is, and how long a no took to it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from feed import sequencer, shown
from feed.following import Heard, acknowledge
from feed.models import Acknowledgement, FeedEntry, Follower
from tests.factories import ClientGrantFactory, UserFactory
from tests.feed.conftest import withdraw

pytestmark = pytest.mark.django_db
LIST = "/admin/feed/follower/"


@pytest.fixture
def follower(house) -> Follower:
    """A client that has followed from the beginning."""
    client = ClientGrantFactory(client__name="Dialer", purpose=house.purpose).client
    return acknowledge(client, 0)


@pytest.fixture
def screen(client: Client) -> Client:
    client.force_login(UserFactory())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(screen: Client, url: str) -> str:
    answer = screen.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def change(follower: Follower) -> str:
    return f"{LIST}{follower.pk}/change/"


def late(house) -> None:
    withdraw(house)
    sequencer.number()
    FeedEntry.objects.update(numbered_at=timezone.now() - timedelta(hours=1))


def test_a_follower_that_has_heard_everything_is_up_to_date(screen, follower):
    assert "Up to date" in page(screen, LIST)


def test_a_follower_that_is_told_just_now_is_on_its_way(screen, follower, house):
    withdraw(house)
    sequencer.number()
    assert "On its way" in page(screen, LIST)


def test_a_follower_that_lags_is_pointed_at(screen, follower, house):
    late(house)
    assert "Lags" in page(screen, LIST)
    assert "Does not confirm that it heard" in page(screen, change(follower))


def test_a_follower_whose_client_is_deactivated_is_closed(screen, follower, house):
    late(house)
    follower.client.deactivate()
    assert "Closed with its client" in page(screen, LIST)


def test_a_follower_s_page_says_how_long_a_no_took(screen, follower, house):
    event = withdraw(house)
    sequencer.number()
    acknowledge(follower.client, 1)
    Acknowledgement.objects.update(at=event.recorded_at + timedelta(minutes=20))
    shows = page(screen, change(follower))
    assert "20 min" in shows
    assert "Later than 15 min" in shows
    assert "<svg" in shows


def test_a_client_s_page_leads_to_how_far_it_is(screen, follower):
    shows = page(screen, f"/admin/accounts/apiclient/{follower.client.pk}/change/")
    assert change(follower) in shows


def test_nobody_moves_a_follower_by_hand(screen, follower):
    assert screen.post(change(follower), {"seq": 99}).status_code == 403
    assert screen.get(f"{LIST}add/").status_code == 403


def test_more_followers_take_no_more_questions(
    screen, follower, house, django_assert_max_num_queries
):
    for _number in range(10):
        acknowledge(ClientGrantFactory(purpose=house.purpose).client, 0)
    late(house)
    with django_assert_max_num_queries(25):
        page(screen, LIST)


# Words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delay", "words"),
    [
        (timedelta(seconds=1.2), "2 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_wait_is_said_in_its_largest_units(delay, words):
    with translation.override("en"):
        assert shown.wait(delay) == words


@pytest.mark.parametrize(
    ("delay", "unit"),
    [(timedelta(seconds=90), "seconds"), (timedelta(hours=3), "minutes"), (timedelta(9), "hours")],
)
def test_the_plot_takes_the_finest_scale_that_fits(delay, unit):
    with translation.override("en"):
        waits = shown.waits([Heard(timezone.now(), delay)])
        assert unit in str(waits.plot.panels[0].text)


def test_each_day_shows_its_longest_wait():
    heard = [Heard(timezone.now(), timedelta(seconds=n)) for n in (4, 9, 2)]
    (bar,) = shown.waits(heard).plot.bars
    assert bar.kind == "a"
    assert shown.waits(heard).latency.worst == timedelta(seconds=9)
