"""The one statement against the row-by-row reference, at any moment, as known at any."""

import itertools

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from screening.question import ask
from screening.reasons import CODES
from screening.verdict import judge, tally
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
MARKS = {"-": " ", "+48": "0048"}


@pytest.mark.parametrize("seed", range(2))
def test_every_verdict_is_that_of_the_reference(seed: int) -> None:
    world = World(seed)
    house = House()
    values = [p.value for p in world.points] + STRANGE
    seen: set[str] = set()
    for purpose, channel in itertools.product(world.purposes, CHANNELS):
        for _ in range(3):
            at, known_at = world.rng.choice(MOMENTS), world.rng.choice(MOMENTS)
            tool = world.rng.choice([None, *world.tools])
            question = ask(purpose, channel, at=at, known_at=known_at, tool=tool)
            asked = world.rng.sample(values, 60)
            answered = [list(v.reasons) for v in judge(question, asked)]
            expected = [house.reasons(purpose, channel, v, at, known_at, tool) for v in asked]
            assert answered == expected, (purpose, channel, at, known_at, tool)
            seen.update(code for reasons in answered for code in reasons)
    assert seen == set(CODES)


def test_an_allow_rests_on_the_consent_of_the_reference() -> None:
    world = World(2)
    house = House()
    values = sorted({p.value for p in world.points})
    compared = 0
    for purpose, channel, at in itertools.product(world.purposes, CHANNELS, MOMENTS[1:]):
        question = ask(purpose, channel, at=at, known_at=MOMENTS[-1])
        for value, verdict in zip(values, judge(question, values), strict=True):
            if verdict.is_allowed and verdict.event_id:
                given = house.give(purpose, channel, value, at, MOMENTS[-1])
                assert (verdict.event_id, verdict.since) == (given.pk, given.occurred_at)
                compared += 1
    assert compared > 20


def test_the_register_is_counted_by_first_reasons_as_the_reference_has_them() -> None:
    world = World(3, size=40)
    house = House()
    for purpose, channel in itertools.product(world.purposes, CHANNELS):
        at, known_at = world.rng.choice(MOMENTS), world.rng.choice(MOMENTS)
        counts: dict[str, int] = {}
        for point in house.register(purpose, channel, at):
            first = [*house.reasons(purpose, channel, point.value, at, known_at), ""][0]
            counts[first] = counts.get(first, 0) + 1
        assert tally(ask(purpose, channel, at=at, known_at=known_at)) == counts


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),  # a seed does not shrink
    suppress_health_check=list(HealthCheck),
)
@given(
    seed=st.integers(10, 10_000),
    moments=st.lists(
        st.tuples(st.sampled_from(MOMENTS), st.sampled_from(MOMENTS)), min_size=3, max_size=3
    ),
)
def test_small_houses_of_any_making_agree(seed: int, moments: list) -> None:
    world = World(seed, size=3)
    house = House()
    values = list(dict.fromkeys(p.value for p in world.points))
    for (at, known_at), (purpose, channel) in zip(
        itertools.cycle(moments), itertools.product(world.purposes[:4], CHANNELS)
    ):
        question = ask(purpose, channel, at=at, known_at=known_at)
        answered = [list(v.reasons) for v in judge(question, values)]
        assert answered == [house.reasons(purpose, channel, v, at, known_at) for v in values]
