"""The picture of the impacts, and what the impacts may say."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from legitimate_interest import weights
from legitimate_interest.models import BalanceImpact
from tests.factories import BalanceImpactFactory

impact = BalanceImpactFactory.build


@pytest.mark.parametrize(
    ("likelihood", "severity", "grade"),
    [(1, 1, "low"), (1, 3, "low"), (1, 4, "medium"), (2, 4, "medium"), (3, 3, "high")],
)
def test_an_impact_has_a_grade(likelihood: int, severity: int, grade: str) -> None:
    assert weights.level(likelihood, severity) == grade


def test_the_grid_has_every_cell_once() -> None:
    drawn = weights.matrix([])
    assert len({(cell.x, cell.y) for cell in drawn.cells}) == 16
    assert drawn.marks == []


def test_an_impact_is_drawn_before_and_after_its_safeguards() -> None:
    drawn = weights.matrix([impact()])
    assert [(mark.text, mark.is_after) for mark in drawn.marks] == [("1", False), ("1", True)]
    assert len(drawn.moves) == 1


def test_an_impact_that_stays_where_it_was_draws_no_move() -> None:
    drawn = weights.matrix([impact(likelihood_after=3, severity_after=2)])
    assert drawn.moves == []


def test_an_impact_not_weighed_again_is_drawn_once() -> None:
    drawn = weights.matrix([impact(likelihood_after=None, severity_after=None)])
    assert [mark.is_after for mark in drawn.marks] == [False]


def test_severity_goes_to_the_right_and_likelihood_upwards() -> None:
    mild, grave = weights.matrix(
        [
            impact(likelihood=1, severity=1, likelihood_after=None),
            impact(likelihood=4, severity=4, likelihood_after=None),
        ]
    ).marks
    assert grave.x > mild.x
    assert grave.y < mild.y


def test_marks_in_one_cell_lie_side_by_side() -> None:
    drawn = weights.matrix([impact(likelihood_after=None) for _ in range(8)])
    assert len({(mark.x, mark.y) for mark in drawn.marks}) == 8


def test_what_finds_no_room_in_a_cell_is_counted() -> None:
    drawn = weights.matrix([impact(likelihood_after=None) for _ in range(11)])
    assert len(drawn.marks) == 8
    assert drawn.marks[-1].text == "+4"


@pytest.mark.django_db
def test_safeguards_make_nothing_likelier() -> None:
    record = BalanceImpactFactory()
    record.likelihood_after = 4
    with pytest.raises(ValidationError, match="likelier"):
        record.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"severity_after": 4}, {"likelihood": 5}, {"severity": 0}])
def test_the_database_refuses_a_weight_that_cannot_be(values: dict[str, int]) -> None:
    record = BalanceImpactFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(BalanceImpact).filter(pk=record.pk).update(**values)
