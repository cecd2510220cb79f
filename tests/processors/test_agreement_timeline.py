"""The steps of an agreement, as its page tells them: what happened, and what is to come."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from audit.act import acting
from audit.steps import Step
from processors.admin.agreement_page import timeline
from processors.models import AgreementDocument, ProcessingAgreement
from tests.factories import AgreementFactory, UserFactory

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 6, 10, 9, tzinfo=UTC)
DAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as clock, translation.override("en"):
        yield clock


@pytest.fixture
def dpo() -> User:
    return UserFactory(full_name="Marta Zielińska")


def steps(agreement: ProcessingAgreement) -> list[tuple[str, Any]]:
    agreement.refresh_from_db()
    return [(str(step.title), step.at) for step in timeline(agreement)]


def step(agreement: ProcessingAgreement, title: str) -> Step:
    agreement.refresh_from_db()
    return next(each for each in timeline(agreement) if each.title == title)


def test_a_draft_was_entered_and_nothing_more(dpo: User) -> None:
    with acting(by=dpo):
        agreement = AgreementFactory(draft=True, complete=False)
    assert steps(agreement) == [("Entered in the register", MORNING)]
    assert step(agreement, "Entered in the register").meta == "Marta Zielińska"


def test_signing_and_coming_into_force_are_days() -> None:
    agreement = AgreementFactory(signed_on=date(2026, 5, 1), in_force_from=date(2026, 6, 1))
    assert steps(agreement)[1:] == [
        ("Came into force", date(2026, 6, 1)),
        ("Signed", date(2026, 5, 1)),
    ]
    assert step(agreement, "Signed").is_day


def test_what_is_to_come_stands_on_top_with_the_days_left() -> None:
    agreement = AgreementFactory(in_force_from=date(2026, 6, 20), in_force_until=date(2027, 6, 20))
    assert [title for title, _at in steps(agreement)[:3]] == [
        "Expires",
        "Reminder to renew",
        "Comes into force",
    ]
    assert "in 10 days" in step(agreement, "Comes into force").meta


def test_a_reminder_comes_ninety_days_before_the_end() -> None:
    agreement = AgreementFactory(in_force_until=date(2026, 7, 10))
    reminder = step(agreement, "Reminder to renew")
    assert (reminder.at, reminder.tone) == (date(2026, 4, 11), "warn")


def test_an_agreement_whose_time_ran_out_has_expired() -> None:
    agreement = AgreementFactory(in_force_until=date(2026, 6, 1))
    assert step(agreement, "Expired").tone == "bad"


def test_one_that_was_terminated_before_neither_expires_nor_is_renewed(dpo: User) -> None:
    agreement = AgreementFactory(in_force_until=date(2027, 6, 1))
    with acting(by=dpo, reason="vendor: bankrupt"):
        agreement.terminate(on=DAY)
    titles = [title for title, _at in steps(agreement)]
    assert "Terminated" in titles
    assert not {"Expires", "Expired", "Reminder to renew"} & set(titles)
    assert step(agreement, "Terminated").meta == "Marta Zielińska · change of vendor: bankrupt"


def test_the_return_of_the_data_has_its_proof_and_its_own_moment(clock: Any, dpo: User) -> None:
    agreement = AgreementFactory()
    agreement.terminate(on=DAY)
    later = datetime(2026, 7, 1, 9, tzinfo=UTC)
    clock.move_to(later)
    with acting(by=dpo):
        agreement.prove_return(returned="deleted", proof="protokół 4/2026")
    found = step(agreement, "Data: deleted")
    assert (found.at, found.meta) == (later, "protokół 4/2026 · Marta Zielińska")


def test_a_later_change_of_something_else_moves_no_step(clock: Any, dpo: User) -> None:
    with acting(by=dpo):
        agreement = AgreementFactory()
    clock.move_to(datetime(2026, 7, 1, 9, tzinfo=UTC))
    agreement.people = "pracownicy"
    agreement.save()
    assert "Marta Zielińska" in step(agreement, "Signed").meta


def attach(agreement: ProcessingAgreement, title: str, sha256: str) -> None:
    sizes = {"original_size": 10, "pages": 12}
    AgreementDocument(
        agreement=agreement, title=title, file=f"{title}.pdf", sha256=sha256 * 64, **sizes
    ).save()


def test_documents_say_what_they_are_and_who_attached_them(dpo: User) -> None:
    agreement = AgreementFactory()
    with acting(by=dpo):
        attach(agreement, "aneks", "a")
    found = step(agreement, "Signed document attached")
    assert found.meta == "aneks · 12 pages · Marta Zielińska"


def test_the_page_shows_it_at_the_same_number_of_queries(
    client: Client, dpo: User, clock: Any
) -> None:
    client.force_login(dpo)
    agreement = AgreementFactory()
    url = reverse("admin:processors_processingagreement_change", args=[agreement.pk])
    counts = []
    for letter in "abc":
        with acting(by=dpo):
            attach(agreement, letter, letter)
            agreement.people += letter
            agreement.save()
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(url).context["timeline"]) >= 4
        counts.append(len(queries))
    assert counts[1] == counts[2]
