"""The one statement against the row-by-row reference, at any moment, as known at any.

More than 100,000 generated cases: a case is one value, asked about for a purpose on a channel, at
a moment, as known at another, with a tool or without.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from screening.question import Question, ask, question_of
from screening.reasons import CODES
from screening.registers import Registers
from screening.verdict import judge, judge_all, tally
from tests.screening.lives import LATER, MOMENTS
from tests.screening.reference import Expected, House
from tests.screening.world import CHANNELS, World

pytestmark = pytest.mark.django_db

SEEDS = range(4)
CASES_OF_A_SEED = 25_000
STRANGE = [
    "+48 22 000",
    "nikt@nigdzie.example",
    "+48601999999",
    "ul. Nieznana 1",
    "@nikt",
    "",
    "6,01603E+08",
]
# Every instant at which something changes, and the last one before it.
INSTANT = timedelta(microseconds=1)
ASKED_AT = sorted({*MOMENTS, *(moment - INSTANT for moment in MOMENTS), LATER})
KNOWN_AT = sorted({*MOMENTS, MOMENTS[1] - INSTANT, LATER})


def compare(world: World, house: House, question: Question) -> list[Expected]:
    """What is expected of each value of the channel, once the SQL has been held to it."""
    values = list(dict.fromkeys(p.value for p in world.points if p.kind == question.contact_kind))
    values += STRANGE
    answered = [Expected(v.reasons, v.obligations, v.event_id) for v in judge(question, values)]
    # What stands in the way of nobody's consent is no evidence.
    answered = [a if not a.reasons else Expected(a.reasons) for a in answered]
    place = (question.purpose, question.channel, question.at, question.known_at, question.tool)
    asked = house.asked(*place)
    expected = [asked.of(value) for value in values]
    assert answered == expected, [str(each) for each in place]
    return expected


def questions(world: World) -> Iterator[Question]:
    """Half of all purposes × channels at some of the moments, with one of the tools or none."""
    places = list(itertools.product(world.purposes, CHANNELS))
    moments = world.rng.sample(list(itertools.product(ASKED_AT, KNOWN_AT)), 16)
    for at, known_at in moments:
        registers = Registers(at, known_at, tuple(world.purposes))
        for purpose, channel in world.rng.sample(places, len(places) // 2):
            tool = world.rng.choice([None, *world.tools])
            yield question_of(purpose, channel, registers, tool)


def test_the_generated_cases_are_more_than_a_hundred_thousand() -> None:
    assert len(SEEDS) * CASES_OF_A_SEED >= 100_000


@pytest.mark.parametrize("seed", SEEDS)
def test_every_verdict_is_that_of_the_reference(seed: int) -> None:
    world, house = World(seed, size=80), House()
    expected = [each for asked in questions(world) for each in compare(world, house, asked)]
    assert len(expected) >= CASES_OF_A_SEED
    assert {code for each in expected for code in each.reasons} == set(CODES)
    assert sum(not each.reasons for each in expected) > 1_000
    assert len({each.event_id for each in expected}) > 20
    assert len({code for each in expected for code in each.obligations}) >= 4


def test_questions_that_are_asked_together_are_answered_alike() -> None:
    world = World(20, size=6)
    asked = list(itertools.islice(questions(world), 0, None, 6))
    values = [point.value for point in world.points]
    together = judge_all([(question, values) for question in asked])
    assert len(together) > 50
    assert together == [judge(question, values) for question in asked]


def test_the_register_is_counted_by_first_reasons_as_the_reference_has_them() -> None:
    world, house = World(3, size=40), House()
    for purpose, channel in itertools.product(world.purposes, CHANNELS):
        at, known_at = world.rng.choice(ASKED_AT), world.rng.choice(KNOWN_AT)
        asked, counts = house.asked(purpose, channel, at, known_at), {}
        for point in house.register(purpose, channel, at):
            first = [*asked.of(point.value).reasons, ""][0]
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
        st.tuples(
            st.datetimes(datetime(2024, 5, 1), datetime(2025, 7, 1)),
            st.sampled_from(KNOWN_AT),
        ),
        min_size=3,
        max_size=6,
    ),
)
def test_small_houses_of_any_making_agree(seed: int, moments: list) -> None:
    world, house = World(seed, size=4), House()
    asked = itertools.product(world.purposes, CHANNELS)
    for (at, known_at), (purpose, channel) in zip(itertools.cycle(moments), asked):
        moment = at.replace(tzinfo=MOMENTS[0].tzinfo)
        compare(world, house, ask(purpose, channel, at=moment, known_at=known_at))
