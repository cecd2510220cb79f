"""The registers in the admin: who sees what, what may be done, and by whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.choices import Way
from processing.choices import Campaign, Nature
from processing.models import ChannelRule, ProcessingActivity, Purpose, PurposeGrant
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    GrantFactory,
    OrganisationFactory,
    PurposeFactory,
    UserFactory,
)
from tests.processing.screens import as_posted

pytestmark = pytest.mark.django_db

WHY = {"change_cause": "review", "change_reason": "przegląd roczny"}


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def approver(client: Client) -> User:
    user = UserFactory(approver=True)
    client.force_login(user)
    return user


def url(model: Any, name: str, *key: Any) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{name}", args=key)


def form_of(client: Client, record: Any) -> dict[str, Any]:
    return as_posted(client.get(url(type(record), "change", record.pk)))


def edit(client: Client, record: Any, **changes: Any) -> Any:
    data = form_of(client, record) | WHY | changes
    return client.post(url(type(record), "change", record.pk), data)


# The record of processing activities --------------------------------------------------------------


def test_the_dpo_edits_an_activity_and_says_why(client: Client, dpo: User) -> None:
    activity = PurposeFactory().activity
    assert edit(client, activity, recipients_pl="kurier").status_code == 302
    entry = activity.history.first()
    assert (entry.recipients_pl, entry.history_user, entry.history_way) == (
        "kurier",
        dpo,
        Way.ADMIN,
    )
    assert entry.history_change_reason == "review: przegląd roczny"


def test_an_activity_in_force_is_not_edited_without_a_reason(client: Client, dpo: User) -> None:
    activity = PurposeFactory().activity
    answer = edit(client, activity, recipients_pl="kurier", change_cause="", change_reason="")
    assert answer.status_code == 200
    assert activity.history.count() == 1


def test_a_new_activity_gets_the_next_number(client: Client, dpo: User) -> None:
    ActivityFactory(number=7)
    page = client.get(url(ProcessingActivity, "add"))
    assert page.context["adminform"].form.initial["number"] == "8"


def test_an_activity_shows_its_purposes_with_their_bases(client: Client, dpo: User) -> None:
    purpose = PurposeFactory(name_pl="Newsletter")
    page = client.get(url(ProcessingActivity, "change", purpose.activity.pk)).content.decode()
    assert url(Purpose, "change", purpose.pk) in page


def test_the_controller_of_an_activity_with_purposes_stays(client: Client, dpo: User) -> None:
    activity = PurposeFactory().activity
    elsewhere = OrganisationFactory(client=True)
    edit(client, activity, controller=elsewhere.pk, recipients_pl="kurier")
    activity.refresh_from_db()
    assert activity.recipients_pl == "kurier"
    assert activity.controller != elsewhere


def test_one_controller_is_not_worth_a_column(client: Client, dpo: User) -> None:
    ActivityFactory()
    assert "column-controller" not in listed(client)
    ActivityFactory(controller=OrganisationFactory(client=True))
    assert "column-controller" in listed(client)


def listed(client: Client, **query: str) -> str:
    return client.get(url(ProcessingActivity, "changelist"), query).content.decode()


@pytest.mark.parametrize(("record", "rows"), [("", 2), ("rcp", 1), ("rkcp", 1)])
def test_the_list_tells_our_record_from_the_clients(
    client: Client, dpo: User, record: str, rows: int
) -> None:
    ActivityFactory()
    ActivityFactory(controller=OrganisationFactory(client=True))
    page = client.get(url(ProcessingActivity, "changelist"), {"record": record} if record else {})
    assert page.context["cl"].result_count == rows


def test_more_activities_take_no_more_queries(client: Client, dpo: User) -> None:
    PurposeFactory.create_batch(2)
    with CaptureQueriesContext(connection) as few:
        listed(client)
    PurposeFactory.create_batch(10)
    with CaptureQueriesContext(connection) as many:
        listed(client)
    assert len(many) == len(few)


# Purposes -----------------------------------------------------------------------------------------


def approve(client: Client, purpose: Purpose, **changes: str) -> Any:
    data = {"service_reason": "Bez promocji", "service_opinion": "Bez zastrzeżeń"}
    return client.post(url(Purpose, "approve-as-service", purpose.pk), data | changes)


def test_an_approver_makes_a_survey_a_service_one(client: Client, approver: User) -> None:
    purpose = PurposeFactory(campaign=Campaign.SURVEY)
    assert approve(client, purpose).status_code == 302
    purpose.refresh_from_db()
    assert (purpose.nature, purpose.service_approved_by) == (Nature.SERVICE, approver)
    assert purpose.history.first().history_user == approver


def test_an_approval_without_an_opinion_is_refused(client: Client, approver: User) -> None:
    purpose = PurposeFactory(campaign=Campaign.SURVEY)
    assert approve(client, purpose, service_opinion="").status_code == 200
    purpose.refresh_from_db()
    assert purpose.nature == Nature.COMMERCIAL


def test_an_offer_has_no_such_approval(client: Client, approver: User) -> None:
    approve(client, purpose := PurposeFactory())
    purpose.refresh_from_db()
    assert purpose.nature == Nature.COMMERCIAL


@pytest.mark.parametrize("trait", ["dpo", "supervisor", "auditor"])
def test_nobody_else_approves(client: Client, trait: str) -> None:
    client.force_login(UserFactory(**({} if trait == "dpo" else {trait: True})))
    assert approve(client, PurposeFactory(campaign=Campaign.SURVEY)).status_code == 403


def test_the_approver_edits_no_purpose(client: Client, approver: User) -> None:
    purpose = PurposeFactory()
    answer = client.post(url(Purpose, "change", purpose.pk), {"name_pl": "Inna nazwa", **WHY})
    assert answer.status_code == 403


def test_a_form_cannot_say_that_a_survey_is_service(client: Client, dpo: User) -> None:
    purpose = PurposeFactory(campaign=Campaign.SURVEY)
    assert edit(client, purpose, nature=Nature.SERVICE).status_code == 200
    purpose.refresh_from_db()
    assert purpose.nature == Nature.COMMERCIAL


def test_the_key_of_a_purpose_is_not_on_its_form(client: Client, dpo: User) -> None:
    purpose = PurposeFactory(slug="newsletter")
    edit(client, purpose, slug="inny", name_pl="Nowa nazwa")
    purpose.refresh_from_db()
    assert (purpose.slug, purpose.name_pl) == ("newsletter", "Nowa nazwa")


# Channel rules ------------------------------------------------------------------------------------


def test_the_law_of_each_channel_reads_over_time(client: Client, dpo: User) -> None:
    page = client.get(url(ChannelRule, "changelist"))
    rows = {str(channel): cells for channel, cells in page.context["law_rows"]}
    assert [rule.regime for rule in rows["SMS"][-1]] == ["pke398"]
    assert {rule.regime for rule in rows["SMS"][-2]} == {"usude10", "pt172"}
    assert len(page.context["law_starts"]) == 5


# Grants -------------------------------------------------------------------------------------------


def test_the_dpo_grants_a_purpose(client: Client, dpo: User) -> None:
    supervisor, purpose = UserFactory(supervisor=True), PurposeFactory()
    now = timezone.localtime()
    data = {
        "user": supervisor.pk,
        "purpose": purpose.pk,
        "active_from_0": now.strftime("%d.%m.%Y"),
        "active_from_1": "00:00",
        "active_until_0": "",
        "active_until_1": "",
    }
    assert client.post(url(PurposeGrant, "add"), data).status_code == 302
    assert list(Purpose.objects.granted_to(supervisor)) == [purpose]


def test_only_supervisors_are_offered(client: Client, dpo: User) -> None:
    supervisor = UserFactory(supervisor=True)
    UserFactory(supervisor=True, is_active=False)
    page = client.get(url(PurposeGrant, "add"))
    assert list(page.context["adminform"].form.fields["user"].queryset) == [supervisor]


def test_a_grant_is_ended_with_a_reason(client: Client, dpo: User) -> None:
    grant = GrantFactory()
    data = {"cause": "other", "reason_text": "Zmiana zespołu"}
    assert client.post(url(PurposeGrant, "end", grant.pk), data).status_code == 302
    grant.refresh_from_db()
    assert grant.is_ended
    assert grant.history.first().history_change_reason.endswith("Zmiana zespołu")


def test_a_grant_is_not_rewritten(client: Client, dpo: User) -> None:
    grant, other = GrantFactory(), PurposeFactory()
    data = {"user": grant.user.pk, "purpose": other.pk}
    assert client.post(url(PurposeGrant, "change", grant.pk), data).status_code == 403


def test_an_ended_grant_ends_no_second_time(client: Client, dpo: User) -> None:
    grant = GrantFactory(active_until=LONG_AGO + timedelta(days=1))
    client.post(url(PurposeGrant, "end", grant.pk), {"cause": "review", "reason_text": ""})
    assert grant.history.count() == 1


@pytest.mark.parametrize("trait", ["approver", "supervisor", "auditor"])
def test_nobody_else_ends_a_grant(client: Client, trait: str) -> None:
    client.force_login(UserFactory(**{trait: True}))
    grant = GrantFactory()
    answer = client.post(url(PurposeGrant, "end", grant.pk), {"cause": "review"})
    assert answer.status_code == 403
