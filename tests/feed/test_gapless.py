"""Whoever follows the feed hears of every committed act once, whatever order commits come in."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from audit.sql import is_postgresql
from consents.models import ConsentEvent, OutboxNote
from feed.models import FeedEntry
from tests.api import Caller
from tests.factories import ClientGrantFactory, PointFactory, PurposeFactory, SourceFactory
from tests.process import HOUSE, environment, start

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, ROUNDS = 4, 40
SECONDS = 120.0


class ById:
    """A follower as this house has none: it remembers the key of the last event that it saw."""

    def __init__(self) -> None:
        self.last, self.heard = 0, []

    def look(self) -> None:
        found = ConsentEvent.objects.filter(pk__gt=self.last).order_by("pk")
        for pk in found.values_list("pk", flat=True):
            self.heard.append(pk)
            self.last = pk


class ByFeed:
    """A client of the API that goes on after the last number that it was told."""

    def __init__(self, caller: Caller) -> None:
        self.caller, self.last, self.heard = caller, 0, []

    def look(self) -> None:
        answer = self.caller.get("events/", {"after": self.last, "limit": 7})
        assert answer.status_code == 200, answer.content
        self.heard += [(entry["seq"], entry["uuid"]) for entry in answer.json()["results"]]
        self.last = answer.json()["last"]

    @property
    def is_behind(self) -> bool:
        newest = FeedEntry.objects.order_by("-seq").values_list("seq", flat=True).first()
        return OutboxNote.objects.exists() or self.last < (newest or 0)


@pytest.fixture
def purpose():
    return PurposeFactory()


@pytest.fixture
def writers(purpose) -> Iterator[list[subprocess.Popen]]:
    source = SourceFactory()
    command = [sys.executable, "-m", "tests.feed.writer"]
    options = {"cwd": HOUSE, "env": environment(), "text": True, "stdout": subprocess.PIPE}
    begun = [
        subprocess.Popen(
            [*command, *map(str, (PointFactory().pk, purpose.pk, source.pk, seed, ROUNDS))],
            **options,
        )
        for seed in range(WRITERS)
    ]
    yield begun
    for writer in begun:
        writer.kill()
        writer.communicate()


@pytest.fixture
def worker() -> Iterator[subprocess.Popen]:
    """A second process that numbers, beside the follower's own questions."""
    process = start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield process
    process.terminate()
    process.wait(timeout=SECONDS)


def followed(writers: list[subprocess.Popen], *followers: object) -> list[int]:
    """Let ``followers`` look until all writers have ended; the keys of what these committed."""
    until = time.monotonic() + SECONDS
    while any(writer.poll() is None for writer in writers) and time.monotonic() < until:
        for follower in followers:
            follower.look()
    told = [writer.communicate(timeout=SECONDS)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    return [int(pk) for out in told for pk in out.split()]


def test_a_follower_of_the_feed_hears_everything_once_and_one_by_keys_does_not(
    purpose, worker, writers
):
    feed, keys = ByFeed(Caller(ClientGrantFactory(purpose=purpose).client)), ById()
    committed = followed(writers, feed, keys)
    while feed.is_behind:
        feed.look()
    keys.look()

    uuids = {str(u): pk for u, pk in ConsentEvent.objects.values_list("uuid", "pk")}
    assert [seq for seq, _uuid in feed.heard] == list(range(1, len(committed) + 1))
    assert sorted(uuids[uuid] for _seq, uuid in feed.heard) == sorted(committed)
    # SQLite has one writer at a time, so there keys come in the order of commits.
    assert bool(set(committed) - set(keys.heard)) == is_postgresql()
