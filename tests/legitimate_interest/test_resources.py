"""Balance tests in and out of files: drafts alone come in, decisions never do."""

from collections.abc import Iterator
from typing import Any

import pytest
import tablib

from accounts.models import User
from audit.act import acting
from audit.resources import AuditedResource
from legitimate_interest import services
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceQuestion, BalanceTest
from legitimate_interest.resources import (
    BalanceAnswerResource,
    BalanceImpactResource,
    BalanceQuestionResource,
    BalanceTestResource,
)
from tests.factories import BalanceTestFactory, PurposeFactory, UserFactory
from tests.legitimate_interest.screens import complete_draft

pytestmark = pytest.mark.django_db

RESOURCES = (
    BalanceTestResource,
    BalanceAnswerResource,
    BalanceImpactResource,
    BalanceQuestionResource,
)


@pytest.fixture(autouse=True)
def importer() -> Iterator[User]:
    user = UserFactory()
    with acting(by=user):
        yield user


def exported(resource: type[AuditedResource]) -> tablib.Dataset:
    return tablib.Dataset().load(resource().export().csv, format="csv")


def first_with(resource: type[AuditedResource], **values: str) -> tablib.Dataset:
    """The first row of an export, with other values."""
    data = tablib.Dataset()
    data.dict = [exported(resource).dict[0] | values]
    return data


def put(resource: type[AuditedResource], data: tablib.Dataset) -> Any:
    return resource().import_data(data)


def complaints(result: Any) -> int:
    return len(result.invalid_rows) + len(result.row_errors())


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_same_file_again_changes_nothing(resource: type[AuditedResource]) -> None:
    test = complete_draft()
    services.submit(test)
    BalanceTestFactory(approved=True)
    result = put(resource, exported(resource))
    assert complaints(result) == 0
    assert result.totals["skip"] == len(result.rows) > 0


def test_a_new_row_is_a_draft_of_the_importer(importer: User) -> None:
    purpose = PurposeFactory(legitimate=True)
    data = tablib.Dataset(headers=["uuid", "purpose", "interest_pl"])
    data.append(["", purpose.slug, "Zysk."])
    assert complaints(put(BalanceTestResource, data)) == 0
    test = BalanceTest.objects.get()
    assert (test.author, test.interest_pl, test.is_draft) == (importer, "Zysk.", True)
    assert test.answers.count() == BalanceQuestion.objects.asked().count()


def test_a_new_row_is_the_next_version() -> None:
    test = BalanceTestFactory(approved=True, version=3)
    data = tablib.Dataset(headers=["uuid", "purpose"])
    data.append(["", test.purpose.slug])
    assert complaints(put(BalanceTestResource, data)) == 0
    assert BalanceTest.objects.drafts().get().version == 4


def test_a_draft_is_changed_by_a_file() -> None:
    test = complete_draft()
    put(BalanceTestResource, first_with(BalanceTestResource, justification="Z pliku."))
    test.refresh_from_db()
    assert test.justification == "Z pliku."


@pytest.mark.parametrize("trait", ["submitted", "approved", "rejected"])
def test_what_was_submitted_is_not(trait: str) -> None:
    test = BalanceTestFactory(**{trait: True})
    result = put(BalanceTestResource, first_with(BalanceTestResource, justification="Z pliku."))
    assert complaints(result) == 1
    test.refresh_from_db()
    assert test.justification != "Z pliku."


def test_a_file_approves_nothing(importer: User) -> None:
    test = BalanceTestFactory(advised=True)
    decided = {"state": "approved", "approver": importer.email, "review_on": "2027-01-01"}
    put(BalanceTestResource, first_with(BalanceTestResource, **decided))
    test.refresh_from_db()
    assert (test.state, test.approver) == ("submitted", None)


def test_a_purpose_on_another_basis_is_refused() -> None:
    data = tablib.Dataset(headers=["uuid", "purpose"])
    data.append(["", PurposeFactory().slug])
    assert complaints(put(BalanceTestResource, data)) == 1
    assert not BalanceTest.objects.exists()


@pytest.mark.parametrize("resource", [BalanceAnswerResource, BalanceImpactResource])
def test_the_parts_of_a_submitted_test_are_frozen_in_files_too(
    resource: type[AuditedResource],
) -> None:
    services.submit(complete_draft())
    result = put(resource, first_with(resource, text="inaczej", safeguards="inaczej"))
    assert complaints(result) == 1
    assert not BalanceAnswer.objects.filter(text="inaczej").exists()
    assert not BalanceImpact.objects.filter(safeguards="inaczej").exists()


def test_a_file_overwrites_the_words_of_no_question() -> None:
    result = put(BalanceQuestionResource, first_with(BalanceQuestionResource, text_pl="Inaczej?"))
    assert complaints(result) == 1
