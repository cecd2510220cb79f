"""The one statement against the row-by-row reference, at any moment, as known at any."""

import itertools

import pytest

from screening.question import ask
from screening.reasons import CODES
from screening.verdict import judge
from tests.screening.reference import House
from tests.screening.world import CHANNELS, MOMENTS, World

pytestmark = pytest.mark.django_db

STRANGE = [
    "+48 22 000",
    "nikt@nigdzie.example",
    "+48601999999",
    "ul. Nieznana 1",
    "",
    "6,01603E+08",
]


@pytest.mark.parametrize("seed", range(2))
def test_every_verdict_is_that_of_the_reference(seed: int) -> None:
    world = World(seed)
    house = House()
    values = [p.value for p in world.points] + STRANGE
    seen: set[str] = set()
    for purpose, channel in itertools.product(world.purposes, CHANNELS):
        for _ in range(4):
            at, known_at = world.rng.choice(MOMENTS), world.rng.choice(MOMENTS)
            question = ask(purpose, channel, at=at, known_at=known_at)
            asked = world.rng.sample(values, 60)
            answered = [list(v.reasons) for v in judge(question, asked)]
            expected = [house.reasons(purpose, channel, value, at, known_at) for value in asked]
            assert answered == expected, (purpose, channel, at, known_at)
            seen.update(code for reasons in answered for code in reasons)
    assert seen == set(CODES)
