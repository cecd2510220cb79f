"""The questions are data: reworded, retired, and kept as they were asked."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from legitimate_interest import catalogue, services
from legitimate_interest.choices import Part
from legitimate_interest.models import BalanceQuestion
from tests.factories import PurposeFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = {"text_pl": "Czy da się skromniej?", "text_en": "Could it be less?"}


@pytest.fixture
def question() -> BalanceQuestion:
    return BalanceQuestion.objects.asked().get(slug="necessity-less")


def test_every_part_has_its_questions_in_both_languages() -> None:
    asked = BalanceQuestion.objects.asked()
    assert {question.part for question in asked} == set(Part.values)
    assert all(question.text_pl and question.text_en for question in asked)


def test_reasonable_expectations_are_asked_on_their_own() -> None:
    assert BalanceQuestion.objects.asked().filter(part=Part.EXPECTATIONS).count() >= 8


def test_the_catalogue_is_created_once() -> None:
    assert catalogue.create_missing() == 0


def test_a_reworded_question_is_not_set_back(question: BalanceQuestion) -> None:
    question.reword(**NEW)
    assert catalogue.create_missing() == 0
    assert BalanceQuestion.objects.asked().get(slug="necessity-less").text_pl == NEW["text_pl"]


def test_the_starter_questions_have_history(question: BalanceQuestion) -> None:
    assert question.history.get().history_change_reason == catalogue.REASON


def test_rewording_makes_a_new_version(question: BalanceQuestion) -> None:
    newer = question.reword(**NEW)
    assert (newer.version, newer.slug, newer.is_asked) == (2, question.slug, True)
    assert not question.is_asked


def test_the_text_of_a_question_is_not_overwritten(question: BalanceQuestion) -> None:
    question.text_pl = NEW["text_pl"]
    with pytest.raises(ValidationError, match="Reword"):
        question.full_clean()


def test_its_place_may_change(question: BalanceQuestion) -> None:
    question.position = 7
    question.full_clean()
    question.save()
    question.refresh_from_db()
    assert question.position == 7


def test_a_test_keeps_the_text_it_was_asked_with(question: BalanceQuestion) -> None:
    purpose = PurposeFactory(legitimate=True)
    test = services.start(purpose=purpose, by=UserFactory())
    question.reword(**NEW)
    services.ask(test)
    kept = test.answers.get(question__slug=question.slug)
    assert kept.question.text_pl == question.text_pl


def test_a_retired_question_is_not_asked(question: BalanceQuestion) -> None:
    question.retire()
    test = services.start(purpose=PurposeFactory(legitimate=True), by=UserFactory())
    assert not test.answers.filter(question__slug=question.slug).exists()


def test_a_question_is_retired_once(question: BalanceQuestion) -> None:
    question.retire()
    with pytest.raises(ValidationError, match="no longer asked"):
        question.retire()


def test_the_database_asks_one_wording_of_a_question_at_a_time(
    question: BalanceQuestion,
) -> None:
    second = BalanceQuestion(slug=question.slug, version=2, part=question.part, **NEW)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
