"""What a final record is made of stays with it: no part is added, changed, moved or taken out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.models import AuditedModel
from legitimate_interest import services as assessing
from legitimate_interest.choices import Outcome, TestState
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceTest
from notices import services as telling
from notices.models import (
    ElementCheck,
    NoticeVersion,
    VersionPurpose,
    VersionRecipient,
    VersionTool,
)
from processing.models import Recipient
from tests.factories import BalanceImpactFactory, PurposeFactory, ToolFactory, UserFactory
from tests.notices.making import complete_purpose, drafted

pytestmark = pytest.mark.django_db


def assessment_draft() -> BalanceTest:
    test = assessing.start(purpose=PurposeFactory(legitimate=True), by=UserFactory())
    BalanceImpactFactory(test=test)
    return test


def notice_draft() -> NoticeVersion:
    """With a part of each kind at least."""
    version = drafted(complete_purpose())
    VersionTool(version=version, tool=ToolFactory()).save()
    slug = f"kurierzy-{version.pk}"
    (recipient := Recipient(slug=slug, name_pl="Kurierzy", name_en="Couriers")).save()
    VersionRecipient(version=version, recipient=recipient).save()
    return version


def submitted(test: BalanceTest) -> None:
    """By SQL: what makes a test ready to be submitted is another test's business."""
    facts = {"outcome": Outcome.RELY, "justification": "Tak.", "submitted_at": timezone.now()}
    QuerySet(BalanceTest).filter(pk=test.pk).update(state=TestState.SUBMITTED, **facts)


def published(version: NoticeVersion) -> None:
    version.submit()
    version.approve(by=UserFactory(approver=True))
    telling.publish(version, by=UserFactory())


Draft, Verb = Callable[[], Any], Callable[[Any], None]
TEST: tuple[Draft, Verb] = (assessment_draft, submitted)
NOTICE: tuple[Draft, Verb] = (notice_draft, published)
PARTS: dict[type[AuditedModel], tuple[Draft, Verb]] = {
    BalanceAnswer: TEST,
    BalanceImpact: TEST,
    ElementCheck: NOTICE,
    VersionPurpose: NOTICE,
    VersionRecipient: NOTICE,
    VersionTool: NOTICE,
}
each_part = pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)


def draft_with(model: type[AuditedModel]) -> tuple[Any, int]:
    """A draft, and the key of one of its parts."""
    record = PARTS[model][0]()
    return record, model.objects.filter(**{model.frozen_with: record}).first().pk


def final_with(model: type[AuditedModel]) -> tuple[Any, int]:
    record, part = draft_with(model)
    PARTS[model][1](record)
    return record, part


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refuse(statement: str, *values: Any) -> None:
    with pytest.raises(IntegrityError, match="final"):
        run(statement, *values)


def test_every_part_that_says_so_is_tried_here() -> None:
    assert set(PARTS) == {m for m in apps.get_models() if getattr(m, "frozen_with", "")}


@each_part
def test_a_part_of_a_final_record_is_not_changed(model: type[AuditedModel]) -> None:
    _record, part = final_with(model)
    refuse(f"UPDATE {model._meta.db_table} SET updated_at = created_at WHERE id = %s", part)


@each_part
def test_a_part_of_a_final_record_is_not_taken_out(model: type[AuditedModel]) -> None:
    _record, part = final_with(model)
    refuse(f"DELETE FROM {model._meta.db_table} WHERE id = %s", part)


@each_part
def test_nothing_is_added_to_a_final_record(model: type[AuditedModel]) -> None:
    _record, part = final_with(model)
    table = model._meta.db_table
    refuse(f"INSERT INTO {table} SELECT * FROM {table} WHERE id = %s", part)


@each_part
def test_no_part_is_moved_into_a_final_record(model: type[AuditedModel]) -> None:
    final, _part = final_with(model)
    _draft, part = draft_with(model)
    refuse(f"UPDATE {model._meta.db_table} SET {key(model)} = %s WHERE id = %s", final.pk, part)


@each_part
def test_no_part_is_moved_out_of_a_final_record(model: type[AuditedModel]) -> None:
    _final, part = final_with(model)
    draft, _part = draft_with(model)
    refuse(f"UPDATE {model._meta.db_table} SET {key(model)} = %s WHERE id = %s", draft.pk, part)


def key(model: type[AuditedModel]) -> str:
    return model._meta.get_field(model.frozen_with).column


@each_part
def test_a_part_of_a_draft_is_changed_and_taken_out(model: type[AuditedModel]) -> None:
    _record, part = draft_with(model)
    table = model._meta.db_table
    run(f"UPDATE {table} SET created_at = updated_at WHERE id = %s", part)
    run(f"DELETE FROM {table} WHERE id = %s", part)
    assert not model.objects.filter(pk=part).exists()


def test_the_parts_of_a_version_that_was_taken_back_may_be_changed_again() -> None:
    version = notice_draft()
    version.submit()
    version.reopen()
    check = version.checks.first()
    check.reason = "Nie dotyczy."
    check.full_clean()
    check.save()
    assert ElementCheck.objects.get(pk=check.pk).reason == "Nie dotyczy."


def test_the_parts_of_a_rejected_test_stay_and_its_copy_is_edited() -> None:
    test, answer = final_with(BalanceAnswer)
    test.refresh_from_db()
    facts = {"approver": UserFactory(approver=True), "rejected_at": timezone.now()}
    rejected = QuerySet(BalanceTest).filter(pk=test.pk)
    rejected.update(state=TestState.REJECTED, rejection_reason="Za mało.", **facts)
    refuse("UPDATE legitimate_interest_balanceanswer SET text = 'x' WHERE id = %s", answer)
    copy = assessing.copy(BalanceTest.objects.get(pk=test.pk), by=UserFactory())
    changed = copy.answers.first()
    changed.text = "Inaczej."
    changed.save()
    assert copy.answers.get(pk=changed.pk).text == "Inaczej."
