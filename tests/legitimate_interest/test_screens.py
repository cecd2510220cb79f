"""The screens of balance tests: who may do what, what is shown, and how many queries it takes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AccessEvent
from ccgdpr.menu import MENU
from legitimate_interest import services
from legitimate_interest.choices import TestState, TestStatus
from legitimate_interest.models import BalanceQuestion, BalanceTest
from tests.factories import (
    BalanceImpactFactory,
    BalanceTestFactory,
    PurposeFactory,
    UserFactory,
)
from tests.legitimate_interest.screens import client_of, complete_draft, url

pytestmark = pytest.mark.django_db

WHY = {"cause": "review", "reason_text": "przegląd"}


@pytest.fixture
def dpo() -> User:
    return UserFactory()


@pytest.fixture
def client(dpo: User) -> Client:
    client = client_of(dpo)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def approver() -> Client:
    client = client_of(UserFactory(approver=True))
    client.cookies["django_language"] = "en"
    return client


def page(client: Client, test: BalanceTest) -> str:
    return client.get(url("change", test.pk)).content.decode()


def approval() -> dict[str, Any]:
    return {"review_on": timezone.localdate() + timedelta(days=200)}


def fresh(test: BalanceTest) -> BalanceTest:
    return BalanceTest.objects.get(pk=test.pk)


# Verbs --------------------------------------------------------------------------------------------


def test_a_complete_draft_is_submitted(client: Client) -> None:
    test = complete_draft()
    client.post(url("submit", test.pk))
    assert fresh(test).state == TestState.SUBMITTED


def test_an_incomplete_draft_is_not(client: Client) -> None:
    test = BalanceTestFactory()
    assert client.post(url("submit", test.pk)).status_code == 409
    assert fresh(test).is_draft


def test_what_is_missing_is_named_with_the_way_to_its_step(client: Client, dpo: User) -> None:
    test = services.start(purpose=PurposeFactory(legitimate=True), by=dpo)
    content = page(client, test)
    assert "Is anything about the processing novel or unusual?" in content
    assert f'href="{url("expectations", test.pk)}"' in content


def test_the_dpo_gives_the_opinion(client: Client, dpo: User) -> None:
    test = BalanceTestFactory(submitted=True)
    client.post(url("advise", test.pk), {"position": "favourable", "opinion": "Bez uwag."})
    assert fresh(test).dpo_opinion_by == dpo


def test_an_approver_gives_no_opinion(approver: Client) -> None:
    test = BalanceTestFactory(submitted=True)
    assert approver.post(url("advise", test.pk), {"opinion": "Tak."}).status_code == 403


def test_an_approver_approves(approver: Client) -> None:
    test = BalanceTestFactory(advised=True)
    approver.post(url("approve", test.pk), approval())
    assert fresh(test).status == TestStatus.IN_FORCE


@pytest.mark.parametrize("name", ["approve", "reject"])
def test_the_dpo_decides_nothing(client: Client, name: str) -> None:
    test = BalanceTestFactory(advised=True)
    answered = client.post(url(name, test.pk), approval() | {"why": "nie"})
    assert answered.status_code == 403
    assert fresh(test).state == TestState.SUBMITTED


def test_nothing_is_approved_without_the_opinion(approver: Client) -> None:
    test = BalanceTestFactory(submitted=True)
    assert approver.post(url("approve", test.pk), approval()).status_code == 409
    assert fresh(test).state == TestState.SUBMITTED


def test_an_author_who_became_an_approver_does_not_approve() -> None:
    author = UserFactory(approver=True)
    test = BalanceTestFactory(advised=True, author=author)
    answered = client_of(author).post(url("approve", test.pk), approval())
    assert answered.status_code == 200
    assert fresh(test).state == TestState.SUBMITTED


def test_a_review_too_late_is_refused_at_its_field(approver: Client) -> None:
    test = BalanceTestFactory(advised=True)
    late = {"review_on": timezone.localdate() + timedelta(days=400)}
    answered = approver.post(url("approve", test.pk), late)
    assert "review_on" in answered.context["form"].errors


def test_an_approval_may_begin_later(approver: Client) -> None:
    test = BalanceTestFactory(advised=True)
    begins = timezone.localdate() + timedelta(days=10)
    approver.post(url("approve", test.pk), approval() | {"valid_from": begins})
    assert fresh(test).status == TestStatus.SCHEDULED


def test_an_approval_never_began_before(approver: Client) -> None:
    test = BalanceTestFactory(advised=True)
    began = timezone.localdate() - timedelta(days=10)
    approver.post(url("approve", test.pk), approval() | {"valid_from": began})
    assert fresh(test).state == TestState.SUBMITTED


def test_an_approver_rejects_with_a_reason_in_history(approver: Client) -> None:
    test = BalanceTestFactory(submitted=True)
    approver.post(url("reject", test.pk), {"why": "Nie zbadano oczekiwań."})
    entry = fresh(test).history.first()
    assert (entry.state, entry.history_change_reason) == (
        TestState.REJECTED,
        "Nie zbadano oczekiwań.",
    )


def test_a_new_version_opens_as_a_draft(client: Client, dpo: User) -> None:
    test = BalanceTestFactory(approved=True)
    answered = client.post(url("copy", test.pk))
    newer = BalanceTest.objects.drafts().get()
    assert answered["Location"] == url("change", newer.pk)
    assert (newer.copied_from, newer.author, newer.version) == (test, dpo, test.version + 1)


def test_no_second_version_is_begun_beside_an_open_one(client: Client) -> None:
    test = BalanceTestFactory(approved=True)
    BalanceTestFactory(purpose=test.purpose)
    assert client.post(url("copy", test.pk)).status_code == 409


@pytest.mark.parametrize("trait", ["auditor", "supervisor"])
@pytest.mark.parametrize("name", ["submit", "advise", "approve", "reject", "copy"])
def test_nobody_else_does_anything(trait: str, name: str) -> None:
    test = BalanceTestFactory(advised=True)
    outsider = client_of(UserFactory(**{trait: True}))
    assert outsider.post(url(name, test.pk), approval()).status_code == 403


# Pages --------------------------------------------------------------------------------------------


def test_the_page_is_posted_to_by_nobody(client: Client) -> None:
    test = BalanceTestFactory()
    assert client.post(url("change", test.pk), {"purpose": 1}).status_code == 403


def test_the_page_shows_answers_outcome_opinion_and_picture(client: Client) -> None:
    test = complete_draft()
    services.submit(test)
    test.advise(by=UserFactory(), position="reserved", opinion="Skrócić listę.")
    content = page(client, test)
    assert "Tak, bo tak." in content
    assert "Skrócić listę." in content
    assert '<svg class="matrix"' in content


def test_a_rejected_test_says_why(client: Client) -> None:
    assert "Brak dowodów oczekiwań." in page(client, BalanceTestFactory(rejected=True))


def test_a_difference_reads_word_by_word(client: Client, dpo: User) -> None:
    test = complete_draft()
    services.submit(test)
    test.reject(by=UserFactory(approver=True), reason="od nowa")
    newer = services.copy(test, by=dpo)
    answer = newer.answers.get(question__slug="purpose-why")
    answer.text = "Tak, bo trzeba."
    answer.save()
    content = client.get(url("difference", newer.pk)).content.decode()
    assert "Why do you want to process these data?" in content
    assert "<del>Tak, bo tak.</del> → <ins>Tak, bo trzeba.</ins>" in content


def test_what_did_not_change_is_not_in_the_difference(client: Client, dpo: User) -> None:
    test = complete_draft()
    services.submit(test)
    test.reject(by=UserFactory(approver=True), reason="od nowa")
    newer = services.copy(test, by=dpo)
    page = client.get(url("difference", newer.pk))
    assert page.context["changes"] == []


def test_impacts_are_compared_too(client: Client, dpo: User) -> None:
    test = complete_draft()
    services.submit(test)
    test.reject(by=UserFactory(approver=True), reason="od nowa")
    newer = services.copy(test, by=dpo)
    impact = newer.impacts.get()
    impact.safeguards = "Dwa listy w roku."
    impact.save()
    changes = client.get(url("difference", newer.pk)).context["changes"]
    assert [change.label for change in changes] == ["Impact: Ktoś czuje się nagabywany."]


def test_a_first_version_has_nothing_before_it(client: Client) -> None:
    content = client.get(url("difference", BalanceTestFactory(version=1).pk)).content.decode()
    assert "This is the first version" in content


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_test_is_printed_and_logged(client: Client, language: str) -> None:
    test = complete_draft()
    answered = client.get(url("pdf", test.pk), {"language": language})
    assert b"".join(answered.streaming_content).startswith(b"%PDF")
    subject = f"legitimate_interest.balancetest:{test.uuid}"
    assert AccessEvent.objects.filter(subject=subject).exists()


# Lists --------------------------------------------------------------------------------------------


def shown(client: Client, **query: str) -> set[BalanceTest]:
    answered = client.get(url("changelist"), query)
    return set(answered.context["cl"].queryset)


@pytest.mark.parametrize(
    ("status", "trait"),
    [
        ("draft", {}),
        ("submitted", {"submitted": True}),
        ("rejected", {"rejected": True}),
        ("in_force", {"approved": True}),
        ("expired", {"approved": True, "review_on": timezone.localdate()}),
    ],
)
def test_the_list_is_filtered_by_where_tests_stand(
    client: Client, status: str, trait: dict[str, Any]
) -> None:
    test = BalanceTestFactory(**trait)
    BalanceTestFactory(**({"submitted": True} if status != "submitted" else {}))
    assert shown(client, status=status) == {test}


def test_the_list_shows_what_is_due_for_review(client: Client) -> None:
    BalanceTestFactory(approved=True)
    soon = timezone.localdate() + timedelta(days=20)
    test = BalanceTestFactory(approved=True, review_on=soon)
    assert shown(client, review="due") == {test}
    assert "Review in 20 days" in page(client, test)


def test_the_purpose_s_page_shows_its_tests(client: Client) -> None:
    test = BalanceTestFactory(approved=True)
    purpose = reverse("admin:processing_purpose_change", args=[test.purpose_id])
    content = client.get(purpose).content.decode()
    assert url("change", test.pk) in content
    assert url("copy", test.pk) in content


def test_a_purpose_without_a_test_offers_to_start_one(client: Client) -> None:
    purpose = PurposeFactory(legitimate=True)
    content = client.get(reverse("admin:processing_purpose_change", args=[purpose.pk]))
    assert content.content.decode().count(f"{url('add')}?purpose={purpose.pk}") == 2


def test_a_purpose_whose_test_is_worked_on_offers_neither(client: Client) -> None:
    test = BalanceTestFactory()
    purpose = reverse("admin:processing_purpose_change", args=[test.purpose_id])
    assert '<p class="foot">' not in client.get(purpose).content.decode()


def test_a_purpose_on_consent_has_no_such_panel(client: Client) -> None:
    purpose = reverse("admin:processing_purpose_change", args=[PurposeFactory().pk])
    titles = [str(panel.title) for panel in client.get(purpose).context["panels"]]
    assert "Balance tests" not in titles


def waiting(user: User) -> int:
    entries = [entry for group in MENU for entry in group.entries]
    (entry,) = (
        e for e in entries if e.url_name == "admin:legitimate_interest_balancetest_changelist"
    )
    return entry.waiting(user)


def test_the_menu_counts_what_waits_for_whom() -> None:
    BalanceTestFactory(submitted=True)
    BalanceTestFactory(advised=True)
    BalanceTestFactory(advised=True, author=(author := UserFactory(approver=True)))
    counts = [waiting(user) for user in (UserFactory(), UserFactory(approver=True), author)]
    assert counts == [1, 2, 1]


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_takes_as_many_queries_for_many_as_for_one(client: Client) -> None:
    BalanceTestFactory(approved=True)
    one = queries(client, url("changelist"))
    for trait in ("submitted", "approved", "rejected"):
        BalanceTestFactory.create_batch(4, **{trait: True})
    assert queries(client, url("changelist")) == one


@pytest.mark.parametrize("name", ["change", "impact", "safeguards", "difference"])
def test_a_page_takes_as_many_queries_for_many_impacts_as_for_one(
    client: Client, name: str
) -> None:
    test = complete_draft()
    one = queries(client, url(name, test.pk))
    BalanceImpactFactory.create_batch(6, test=test)
    assert queries(client, url(name, test.pk)) == one


# Questions ----------------------------------------------------------------------------------------


def question_url(name: str, *key: Any) -> str:
    return reverse(f"admin:legitimate_interest_balancequestion_{name}", args=key)


def test_the_dpo_rewords_a_question(client: Client) -> None:
    question = BalanceQuestion.objects.asked().get(slug="necessity-less")
    words = {"text_pl": "Skromniej?", "text_en": "Less?", "kind": "yes_no", **WHY}
    answered = client.post(question_url("reword", question.pk), words)
    newer = BalanceQuestion.objects.asked().get(slug="necessity-less")
    assert answered["Location"] == question_url("change", newer.pk)
    assert (newer.text_pl, newer.version) == ("Skromniej?", 2)


def test_the_dpo_retires_a_question(client: Client) -> None:
    question = BalanceQuestion.objects.asked().get(slug="purpose-ethics")
    client.post(question_url("retire", question.pk), WHY)
    assert not BalanceQuestion.objects.asked().filter(slug="purpose-ethics").exists()


def test_the_list_of_questions_is_in_the_order_of_the_form(client: Client) -> None:
    rows = client.get(question_url("changelist"), {"asked": "now"}).context["cl"].result_list
    assert [row.slug for row in rows][:2] == ["purpose-why", "purpose-benefit"]
    assert rows[len(rows) - 1].part == "decision"


@pytest.mark.parametrize("model", ["balanceanswer", "balanceimpact", "balancequestion"])
def test_every_list_opens(client: Client, model: str) -> None:
    complete_draft()
    address = reverse(f"admin:legitimate_interest_{model}_changelist")
    assert client.get(address).status_code == 200
