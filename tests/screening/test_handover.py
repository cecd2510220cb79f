"""A number that surprises a supervisor goes to the officer, and an answer comes back."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from audit.models import AppendOnly
from audit.waiting import waiting_for
from ccgdpr.menu import _questions_waiting
from consents import services
from screening.models import Handover
from tests.factories import GrantFactory, PurposeFactory, ToolFactory, UserFactory

pytestmark = pytest.mark.django_db

ASK, LIST = reverse("admin:screening_handover"), reverse("admin:screening_list")


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def floor(consented: SimpleNamespace) -> SimpleNamespace:
    """A supervisor whose list leaves one person out, who withdrew."""
    services.withdraw(consented.point, consented.purpose, "email", **consented.told)
    user = GrantFactory(purpose=consented.purpose).user
    about = {"purpose": consented.purpose.slug, "channel": "email", "code": "withdrawn"}
    return SimpleNamespace(user=user, client=signed_in(user), about=about, **vars(consented))


@pytest.fixture
def asked(floor: SimpleNamespace) -> Handover:
    floor.client.post(ASK, floor.about | {"note": "Why so many this week?"})
    return Handover.objects.get()


def test_each_reason_on_the_list_can_be_handed_over(floor: SimpleNamespace) -> None:
    page = floor.client.get(LIST, floor.about).content.decode()
    assert f"{ASK}?purpose={floor.purpose.slug}&amp;channel=email&amp;code=withdrawn" in page


def test_a_handover_keeps_the_number_and_who_asked(floor: SimpleNamespace, asked: Handover) -> None:
    assert (asked.code, asked.channel, asked.count) == ("withdrawn", "email", 1)
    assert (asked.purpose, asked.recorded_by) == (floor.purpose, floor.user)


def test_what_waits_is_not_asked_twice(floor: SimpleNamespace, asked: Handover) -> None:
    page = floor.client.get(LIST, floor.about).content.decode()
    assert "Waits for the DPO" in page
    assert ASK not in page


def test_nothing_is_handed_over_where_nobody_is_left_out(floor: SimpleNamespace) -> None:
    page = floor.client.post(ASK, floor.about | {"code": "refused", "note": "Why?"})
    assert "Nobody is left out for this reason now." in page.content.decode()
    assert not Handover.objects.exists()


def test_a_purpose_that_was_not_granted_is_none_to_ask_about(floor: SimpleNamespace) -> None:
    other = PurposeFactory(slug="debts")
    floor.client.post(ASK, floor.about | {"purpose": other.slug, "note": "Why?"})
    assert not Handover.objects.exists()


def test_it_waits_for_the_officer_in_the_menu_and_on_the_first_page(asked: Handover) -> None:
    assert _questions_waiting() == 1
    listed = reverse("admin:screening_handover_changelist") + "?state=waiting"
    waits = "Supervisors' questions without an answer"
    assert (waits, listed, 1) in waiting_for(UserFactory())
    assert waiting_for(asked.recorded_by) == []


def test_the_officer_answers_and_the_supervisor_reads_it(
    floor: SimpleNamespace, asked: Handover
) -> None:
    officer = signed_in(UserFactory())
    officer.post(
        reverse("admin:screening_handover_answer", args=[asked.pk]), {"note": "An SMS went out."}
    )
    page = floor.client.get(LIST).content.decode()
    assert "An SMS went out." in page
    assert _questions_waiting() == 0


def test_the_officer_is_led_to_the_people(asked: Handover) -> None:
    page = signed_in(UserFactory()).get(reverse("admin:screening_handover_change", args=[asked.pk]))
    people = f"purpose={asked.purpose_id}&amp;channel=email&amp;state=withdrawn"
    assert f"{reverse('admin:consents_consent_changelist')}?{people}" in page.content.decode()


def test_a_question_is_answered_once(asked: Handover) -> None:
    asked.answer("An SMS went out.")
    with pytest.raises(ValidationError):
        asked.answer("Something else.")


def test_an_answer_says_something(asked: Handover) -> None:
    with pytest.raises(ValidationError):
        asked.answer("   ")


def test_the_database_refuses_a_silent_one(asked: Handover) -> None:
    silent = Handover(purpose=asked.purpose, channel="email", code="withdrawn", count=1, note="")
    with pytest.raises(IntegrityError), transaction.atomic():
        silent.save()


def test_what_was_asked_is_never_rewritten(asked: Handover) -> None:
    asked.note = "Nothing."
    with pytest.raises(AppendOnly):
        asked.save()


def test_a_supervisor_sees_the_questions_of_others_nowhere(asked: Handover) -> None:
    other = signed_in(UserFactory(supervisor=True))
    assert "Why so many" not in other.get(LIST).content.decode()
    assert other.get(reverse("admin:screening_handover_changelist")).status_code == 403


def test_a_number_counted_for_a_tool_is_handed_over_as_it_was_counted(
    floor: SimpleNamespace,
) -> None:
    tool = ToolFactory(in_use=True)
    about = floor.about | {"tool": tool.slug, "code": "tool_not_in_use"}
    page = floor.client.get(LIST, about).content.decode()
    assert f"&amp;tool={tool.slug}&amp;code=tool_not_in_use" in page
    floor.client.post(ASK, about | {"note": "May this dialler not be used?"})
    assert Handover.objects.get().code == "tool_not_in_use"
