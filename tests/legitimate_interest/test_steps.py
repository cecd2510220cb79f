"""The guided form: page by page, saved on the way, nothing overwritten."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from legitimate_interest import services
from legitimate_interest.choices import Part
from legitimate_interest.models import BalanceAnswer, BalanceTest
from processing.choices import Campaign, Nature
from tests.factories import BalanceTestFactory, PurposeFactory, UserFactory
from tests.legitimate_interest.screens import client_of, complete_draft, posted, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def dpo() -> User:
    return UserFactory()


@pytest.fixture
def client(dpo: User) -> Client:
    return client_of(dpo)


@pytest.fixture
def draft(dpo: User) -> BalanceTest:
    return services.start(purpose=PurposeFactory(legitimate=True), by=dpo)


def answer(test: BalanceTest, slug: str) -> BalanceAnswer:
    return test.answers.get(question__slug=slug)


def save(client: Client, test: BalanceTest, part: Part, **changes: Any) -> Any:
    return client.post(url(part, test.pk), posted(test, part) | changes)


# Begun --------------------------------------------------------------------------------------------


def test_a_test_is_begun_from_its_purpose(client: Client, dpo: User) -> None:
    purpose = PurposeFactory(legitimate=True)
    answered = client.post(url("add"), {"purpose": purpose.pk})
    test = BalanceTest.objects.get()
    assert answered["Location"] == url(Part.PURPOSE, test.pk)
    assert (test.author, test.purpose, test.version) == (dpo, purpose, 1)


def test_the_purpose_is_filled_in_where_a_finding_sent_somebody(client: Client) -> None:
    purpose = PurposeFactory(legitimate=True)
    page = client.get(f"{url('add')}?purpose={purpose.pk}")
    assert page.context["adminform"].form.initial["purpose"] == str(purpose.pk)


def test_a_test_that_is_worked_on_is_opened_instead(client: Client, draft: BalanceTest) -> None:
    answered = client.get(f"{url('add')}?purpose={draft.purpose_id}")
    assert answered["Location"] == url("change", draft.pk)


def test_a_second_draft_is_refused_at_the_field(client: Client, draft: BalanceTest) -> None:
    page = client.post(url("add"), {"purpose": draft.purpose_id})
    assert "already being worked on" in str(page.context["adminform"].form.errors["purpose"])


def test_purposes_on_another_basis_are_not_offered(client: Client) -> None:
    purpose = PurposeFactory()
    page = client.post(url("add"), {"purpose": purpose.pk})
    assert "purpose" in page.context["adminform"].form.errors


def test_an_approver_begins_none() -> None:
    assert client_of(UserFactory(approver=True)).get(url("add")).status_code == 403


# Page by page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", Part)
def test_every_part_has_a_page(client: Client, draft: BalanceTest, part: Part) -> None:
    page = client.get(url(part, draft.pk))
    assert page.status_code == 200
    assert page.context["number"] == list(Part).index(part) + 1


def test_saving_goes_on_to_the_next_part(client: Client, draft: BalanceTest) -> None:
    key = f"answer-{answer(draft, 'purpose-why').pk}-text"
    answered = save(client, draft, Part.PURPOSE, **{key: "Bo tak.", "test-interest_pl": "Zysk."})
    assert answered["Location"] == url(Part.NECESSITY, draft.pk)
    draft.refresh_from_db()
    assert draft.interest_pl == "Zysk."
    assert answer(draft, "purpose-why").text == "Bo tak."


def test_saving_may_go_back(client: Client, draft: BalanceTest) -> None:
    answered = save(client, draft, Part.NATURE, **{"test-data_sources": "CRM", "_back": "1"})
    assert answered["Location"] == url(Part.NECESSITY, draft.pk)
    draft.refresh_from_db()
    assert draft.data_sources == "CRM"


def test_saving_may_stay(client: Client, draft: BalanceTest) -> None:
    answered = save(client, draft, Part.NATURE, _stay="1")
    assert answered["Location"] == url(Part.NATURE, draft.pk)


def test_the_last_part_leads_to_the_whole(client: Client, draft: BalanceTest) -> None:
    answered = save(client, draft, Part.DECISION, **{"test-outcome": "not_rely"})
    assert answered["Location"] == url("change", draft.pk)


def test_a_question_is_answered_yes_or_no(client: Client, draft: BalanceTest) -> None:
    asked = answer(draft, "necessity-helps")
    changes = {f"answer-{asked.pk}-flag": "False", f"answer-{asked.pk}-text": "Nie pomaga."}
    save(client, draft, Part.NECESSITY, **changes)
    asked.refresh_from_db()
    assert (asked.flag, asked.text) == (False, "Nie pomaga.")


def test_what_nobody_touched_leaves_no_history(client: Client, draft: BalanceTest) -> None:
    before = BalanceAnswer.history.count(), BalanceTest.history.count()
    save(client, draft, Part.EXPECTATIONS)
    assert (BalanceAnswer.history.count(), BalanceTest.history.count()) == before


def test_half_of_a_test_is_saved_too(client: Client, draft: BalanceTest) -> None:
    assert save(client, draft, Part.PURPOSE, **{"test-interest_pl": "Zysk."}).status_code == 302


# Impacts ------------------------------------------------------------------------------------------


def test_an_impact_is_added(client: Client, draft: BalanceTest) -> None:
    new = {"new-0-description": "Ktoś się złości", "new-0-likelihood": 2, "new-0-severity": 1}
    save(client, draft, Part.IMPACT, **new)
    impact = draft.impacts.get()
    assert (impact.description, impact.likelihood, impact.severity) == ("Ktoś się złości", 2, 1)


def test_an_impact_without_its_scales_is_refused(client: Client, draft: BalanceTest) -> None:
    page = save(client, draft, Part.IMPACT, **{"new-0-description": "Ktoś się złości"})
    assert page.status_code == 200
    assert not draft.impacts.exists()


def test_an_impact_is_taken_out_and_kept_in_history(client: Client) -> None:
    test = complete_draft()
    impact = test.impacts.get()
    save(client, test, Part.IMPACT, **{f"impact-{impact.pk}-take_out": "on"})
    assert not test.impacts.kept().exists()
    assert impact.history.count() == 2


def test_an_impact_is_weighed_again(client: Client) -> None:
    test = complete_draft()
    impact = test.impacts.get()
    changes = {f"impact-{impact.pk}-likelihood_after": 1, f"impact-{impact.pk}-severity_after": 1}
    save(client, test, Part.SAFEGUARDS, **changes)
    impact.refresh_from_db()
    assert (impact.likelihood_after, impact.severity_after) == (1, 1)


def test_safeguards_that_worsen_it_are_refused(client: Client) -> None:
    test = complete_draft()
    impact = test.impacts.get()
    page = save(client, test, Part.SAFEGUARDS, **{f"impact-{impact.pk}-severity_after": 4})
    assert "graver" in page.content.decode()


def test_the_picture_of_the_impacts_is_drawn(client: Client) -> None:
    page = client.get(url(Part.SAFEGUARDS, complete_draft().pk)).content.decode()
    assert '<svg class="matrix"' in page
    assert 'style="' not in page


# Refused ------------------------------------------------------------------------------------------


def test_a_colleague_s_answer_is_not_overwritten(client: Client, draft: BalanceTest) -> None:
    key = f"answer-{answer(draft, 'purpose-why').pk}-text"
    mine = posted(draft, Part.PURPOSE) | {key: "Moje."}
    save(client, draft, Part.PURPOSE, **{key: "Cudze."})
    page = client.post(url(Part.PURPOSE, draft.pk), mine)
    assert "Cudze." in page.content.decode()
    assert answer(draft, "purpose-why").text == "Cudze."


def test_another_part_is_saved_beside_a_colleague(client: Client, draft: BalanceTest) -> None:
    mine = posted(draft, Part.NATURE) | {"test-data_sources": "CRM"}
    key = f"answer-{answer(draft, 'purpose-why').pk}-text"
    save(client, draft, Part.PURPOSE, **{key: "Cudze."})
    assert client.post(url(Part.NATURE, draft.pk), mine).status_code == 302


@pytest.mark.parametrize("trait", ["submitted", "approved", "rejected"])
def test_a_submitted_test_has_no_form(client: Client, trait: str) -> None:
    test = BalanceTestFactory(**{trait: True})
    answered = client.post(url(Part.DECISION, test.pk), {"test-justification": "inaczej"})
    assert answered["Location"] == url("change", test.pk)
    test.refresh_from_db()
    assert test.justification != "inaczej"


@pytest.mark.parametrize("trait", ["approver", "auditor", "supervisor"])
def test_only_those_who_keep_the_register_write(draft: BalanceTest, trait: str) -> None:
    client = client_of(UserFactory(**{trait: True}))
    assert client.get(url(Part.PURPOSE, draft.pk)).status_code == 403
    assert client.post(url(Part.PURPOSE, draft.pk), {}).status_code == 403


# Marketing ----------------------------------------------------------------------------------------


def test_a_commercial_purpose_is_told_of_the_consent_it_still_needs(
    client: Client, draft: BalanceTest
) -> None:
    assert "C-621/22" in client.get(url(Part.PURPOSE, draft.pk)).content.decode()


def test_a_service_purpose_is_not(client: Client, dpo: User) -> None:
    purpose = PurposeFactory(legitimate=True, campaign=Campaign.INTERNAL, nature=Nature.SERVICE)
    test = services.start(purpose=purpose, by=dpo)
    assert "C-621/22" not in client.get(url(Part.PURPOSE, test.pk)).content.decode()
