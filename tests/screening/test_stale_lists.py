"""Whoever says no while lists are made is not on them, or is recalled (security.md 4).

In processes of their own, some of them killed, on the database of the running test.
"""

import csv
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from audit import results
from consents.models import ContactPoint
from screening.making import file_of
from screening.members import ids
from screening.models import ContactList
from screening.recall import Recall
from tests.factories import PointFactory
from tests.process import HOUSE, environment
from tests.screening.conftest import give
from tests.screening.lists import floor_of

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, TURNS, MANY = 80, 5, 1000


def racer(*arguments: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.screening.racer", *map(str, arguments)],
        cwd=HOUSE,
        env=environment(),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ended(process: subprocess.Popen[str]) -> list[list[str]]:
    """What it printed, by line; fails where it ended with an error of its own."""
    out, error = process.communicate(timeout=180)
    assert process.returncode in (0, -9), error
    return [line.split() for line in out.splitlines()]


def file_says(contact_list: ContactList) -> set[str]:
    text = b"".join(results.content(file_of(contact_list))).decode("utf-8-sig")
    return {row["contact_point"] for row in csv.DictReader(text.splitlines())}


def recalled(contact_list: ContactList) -> set[int]:
    return {each.point_id for each in Recall(contact_list)}


@pytest.fixture
def floor(consented: SimpleNamespace) -> SimpleNamespace:
    return floor_of(consented)


@pytest.mark.parametrize("where", ["asked", "read"])
def test_whoever_says_no_while_a_list_is_made_is_recalled(
    floor: SimpleNamespace, where: str
) -> None:
    maker = racer("paused", floor.user.pk, floor.purpose.slug, where)
    assert maker.stdout.readline() == "paused\n"
    ended(racer("no", floor.purpose.slug, floor.source.pk, 1, floor.point.pk))
    maker.stdin.write("\n")
    maker.stdin.flush()
    [[uuid]] = ended(maker)
    contact_list = ContactList.objects.get(uuid=uuid)
    assert floor.point.pk in recalled(contact_list) | not_on(contact_list, [floor.point.pk])


def not_on(contact_list: ContactList, points: Iterable[int]) -> set[int]:
    return set(points) - set(ids(contact_list))


def test_no_list_begun_after_a_no_holds_it_and_every_earlier_one_recalls_it(
    floor: SimpleNamespace,
) -> None:
    told, lists = race(floor)

    assert told
    stale = 0
    for contact_list in lists:
        held = set(ids(contact_list))
        assert not {pk for pk, at in told.items() if at < contact_list.as_of} & held
        assert held & set(told) <= recalled(contact_list)
        values = ContactPoint.objects.filter(pk__in=held).values_list("value", flat=True)
        assert file_says(contact_list) == set(values)
        stale += len(held & set(told))
    # Otherwise nothing raced.
    assert 0 < stale < len(told) * len(lists)


def race(floor: SimpleNamespace) -> tuple[dict[int, datetime], list[ContactList]]:
    """Acknowledged noes with their instants, and all lists that could be taken away."""
    people = [PointFactory() for _ in range(PEOPLE)]
    for point in people:
        give(point, floor)
    rng, waiting, told = random.Random(4), [point.pk for point in people], {}
    for turn in range(TURNS):
        said = turn_of(floor, turn, waiting, rng)
        told |= {int(pk): datetime.fromisoformat(at) for pk, at in said}
        waiting = [pk for pk in waiting if pk not in told]
    return told, list(ContactList.objects.select_related("event", "purpose", "tool"))


def turn_of(
    floor: SimpleNamespace, turn: int, waiting: list[int], rng: random.Random
) -> list[list[str]]:
    """One maker against two who record noes; what these were told until all were killed."""
    maker = racer("lists", floor.user.pk, floor.purpose.slug, MANY)
    shares = [waiting[::2], waiting[1::2]]
    about = (floor.purpose.slug, floor.source.pk, turn)
    sayers = [racer("no", *about, *points) for points in shares if points]
    first = [process.stdout.readline() for process in (maker, *sayers)][1:]
    time.sleep(rng.uniform(0.1, 0.6))
    for process in (maker, *sayers):
        process.kill()
    later = [line for sayer in sayers for line in ended(sayer)]
    ended(maker)
    return [*(line.split() for line in first if line), *later]
