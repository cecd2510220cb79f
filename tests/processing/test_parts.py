"""What an activity involves: tools, processors, recipients, transfers, and how long data stay."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from audit import bulk
from processing.models import (
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ProcessingActivity,
    Recipient,
    RetentionRule,
    RetentionTrigger,
)
from processors.models import AutomationTool
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    ActivityProcessorFactory,
    ActivityRecipientFactory,
    AgreementFactory,
    OrganisationFactory,
    PurposeFactory,
    RecipientFactory,
    RetentionRuleFactory,
    TransferFactory,
    UserFactory,
)
from tests.processing.screens import as_posted

pytestmark = pytest.mark.django_db

WHY = {"cause": "vendor", "reason_text": "nowy kurier"}
LIST = "/admin/processing/processingactivity/"


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


# Parts --------------------------------------------------------------------------------------------


def test_a_part_runs_from_its_beginning_until_its_end() -> None:
    end = LONG_AGO + timedelta(days=1)
    part = ActivityRecipientFactory(until=end)
    moments = (LONG_AGO - timedelta(seconds=1), LONG_AGO, end - timedelta(seconds=1), end)
    asked = [ActivityRecipient.objects.running(moment).exists() for moment in moments]
    assert asked == [part.runs_at(moment) for moment in moments] == [False, True, True, False]


def test_a_part_ends_once() -> None:
    part = ActivityRecipientFactory()
    part.end()
    assert not part.is_running
    assert part.history.count() == 2
    with pytest.raises(ValidationError):
        part.end()


def test_an_activity_has_the_same_recipient_once_at_a_time() -> None:
    first = ActivityRecipientFactory()
    again = ActivityRecipient(activity=first.activity, recipient=first.recipient)
    with pytest.raises(ValidationError):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    first.end()
    again.full_clean()
    again.save()
    assert list(ActivityRecipient.objects.running()) == [again]


def test_the_database_refuses_a_part_that_ends_before_it_begins() -> None:
    part = ActivityRecipientFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.update(ActivityRecipient.objects.filter(pk=part.pk), until=LONG_AGO)


def test_nobody_is_a_processor_of_their_own() -> None:
    own, client = OrganisationFactory(), OrganisationFactory(client=True)
    for_client = ActivityFactory(controller=client)
    for organisation in (own, client):
        with pytest.raises(ValidationError) as refusal:
            ActivityProcessor(activity=for_client, organisation=organisation).full_clean()
        assert set(refusal.value.message_dict) == {"organisation"}


def test_the_agreement_of_a_processor_is_one_with_it() -> None:
    part = ActivityProcessorFactory.build(
        activity=ActivityFactory(), organisation=OrganisationFactory(vendor=True)
    )
    part.agreement = AgreementFactory(processor=OrganisationFactory(slug="inna"))
    with pytest.raises(ValidationError) as refusal:
        part.full_clean()
    assert set(refusal.value.message_dict) == {"agreement"}
    part.agreement = AgreementFactory()
    part.full_clean()


# Retention ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"period": 1}, "1 month from the end of the call: deletion"),
        ({"period": None, "unit": ""}, "until the end of the call: deletion"),
        (
            {"period": 6, "unit": "year", "to_year_end": True, "legal_hold": True},
            "6 years from the end of the call, to the end of that year: deletion, legal hold",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(values: dict[str, Any], sentence: str) -> None:
    rule = RetentionRuleFactory(**values)
    with translation.override("en"):
        assert rule.sentence == sentence


def test_a_rule_reads_in_polish_by_the_case_that_its_words_ask_for() -> None:
    assert "zakończenia rozmowy" in RetentionRuleFactory(period=None, unit="").sentence


@pytest.mark.parametrize(
    "values",
    [
        {"period": None, "unit": "month"},
        {"period": 6, "unit": ""},
        {"period": 0, "unit": "month"},
        {"period": None, "unit": "", "to_year_end": True},
        {"action": "burn"},
    ],
)
def test_a_rule_that_says_half_is_refused(values: dict[str, Any]) -> None:
    rule = RetentionRuleFactory.build(activity=ActivityFactory(), **values)
    with pytest.raises(ValidationError):
        rule.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.save()


def test_an_empty_house_knows_what_retention_runs_from() -> None:
    trigger = RetentionTrigger.objects.get(slug="consent-withdrawn")
    assert (trigger.phrase_pl, trigger.history.count()) == ("wycofania zgody", 1)


# On the activity's page ---------------------------------------------------------------------------


def posted(client: Client, activity: ProcessingActivity) -> dict[str, Any]:
    return as_posted(client.get(page_of(activity)))


def page_of(activity: ProcessingActivity) -> str:
    return reverse("admin:processing_processingactivity_change", args=[activity.pk])


def reasoned(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    why = {"change_cause": "review", "change_reason": "przegląd"}
    return {**data, **why, **{name.replace("__", "-"): v for name, v in changes.items()}}


def test_a_page_saved_untouched_changes_no_part(client: Client, dpo: User) -> None:
    part = ActivityRecipientFactory(since=timezone.now() - timedelta(days=3, seconds=7))
    RetentionRuleFactory(activity=part.activity)
    answer = client.post(page_of(part.activity), reasoned(posted(client, part.activity)))
    assert answer.status_code == 302
    assert part.history.count() == 1


def test_a_part_gets_its_end_on_the_page_and_keeps_its_exact_beginning(
    client: Client, dpo: User
) -> None:
    part = ActivityRecipientFactory(since=timezone.now() - timedelta(days=3, seconds=7))
    data = posted(client, part.activity)
    changes = {"recipients_named__0__until": (date.today() + timedelta(days=30)).isoformat()}
    assert client.post(page_of(part.activity), reasoned(data, **changes)).status_code == 302
    ended = ActivityRecipient.objects.get()
    assert ended.since == part.since
    assert timezone.localtime(ended.until).time() == datetime.min.time()
    assert ended.history.first().history_change_reason == "review: przegląd"


def test_a_part_that_ends_today_ends_now(client: Client, dpo: User) -> None:
    part = ActivityRecipientFactory()
    data = posted(client, part.activity)
    changes = {"recipients_named__0__until": timezone.localdate().isoformat()}
    before = timezone.now()
    client.post(page_of(part.activity), reasoned(data, **changes))
    part.refresh_from_db()
    assert before <= part.until <= timezone.now()


def test_a_part_is_added_on_the_page_from_now_on(client: Client, dpo: User) -> None:
    activity, recipient = ActivityFactory(), RecipientFactory()
    data = posted(client, activity) | {"recipients_named-TOTAL_FORMS": "1"}
    changes = {
        "recipients_named__0__recipient": recipient.pk,
        "recipients_named__0__since": timezone.localdate().isoformat(),
    }
    assert client.post(page_of(activity), reasoned(data, **changes)).status_code == 302
    assert activity.recipients_named.running().get().recipient == recipient


def test_a_part_of_an_activity_carried_out_changes_with_a_reason(client: Client, dpo: User) -> None:
    part = ActivityRecipientFactory()
    data = posted(client, part.activity)
    data["recipients_named-0-until"] = timezone.localdate().isoformat()
    assert client.post(page_of(part.activity), data).status_code == 200
    part.refresh_from_db()
    assert part.until is None


def test_the_second_of_two_who_edit_a_part_overwrites_nothing(client: Client, dpo: User) -> None:
    part = ActivityRecipientFactory()
    data = posted(client, part.activity)
    part.end()
    changes = {"recipients_named__0__until": (date.today() + timedelta(days=30)).isoformat()}
    assert client.post(page_of(part.activity), reasoned(data, **changes)).status_code == 200
    assert ActivityRecipient.objects.get().until == part.until


def involve(activity: ProcessingActivity, name: str) -> None:
    vendor = OrganisationFactory(slug=name)
    tool = AutomationTool(slug=name, name=name, kind="crm", vendor=vendor)
    tool.save()
    ActivityTool(activity=activity, tool=tool).save()
    transfer = TransferFactory(organisation=vendor)
    ActivityTransfer(activity=activity, transfer=transfer).save()
    ActivityProcessorFactory(activity=activity, organisation=vendor)
    ActivityRecipientFactory(activity=activity, recipient=RecipientFactory(slug=name))
    RetentionRuleFactory(activity=activity, what_pl=name)


@pytest.mark.parametrize("trait", ["dpo", "auditor"])
def test_more_parts_take_no_more_queries(client: Client, trait: str) -> None:
    client.force_login(UserFactory(**({} if trait == "dpo" else {trait: True})))
    activity = PurposeFactory().activity
    involve(activity, "jeden")
    counts = []
    for name in ("dwa", "trzy"):
        involve(activity, name)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(activity)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "model",
    [
        ActivityProcessor,
        ActivityTool,
        ActivityRecipient,
        ActivityTransfer,
        RetentionRule,
        Recipient,
    ],
)
def test_a_list_of_parts_takes_no_more_queries_for_more_of_them(
    client: Client, dpo: User, model: Any
) -> None:
    address = reverse(f"admin:processing_{model._meta.model_name}_changelist")
    counts = []
    for name in ("jeden", "dwa", "trzy"):
        involve(ActivityFactory(), name)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2]


# One onto many ------------------------------------------------------------------------------------


def add(client: Client, name: str, activities: list[ProcessingActivity], **what: Any) -> Any:
    asked = {f"part-{field}": value for field, value in {**WHY, **what}.items()}
    data = {"action": name, "_selected_action": [each.pk for each in activities], **asked}
    return client.post(LIST, data, follow=True)


def test_one_recipient_goes_onto_forty_activities_as_one_entry(client: Client, dpo: User) -> None:
    activities = ActivityFactory.create_batch(40)
    recipient = RecipientFactory()
    add(client, "add_recipient", activities, recipient=recipient.pk)
    entries = ActivityRecipient.history.all()
    assert ActivityRecipient.objects.running().count() == entries.count() == 40
    assert len({entry.history_batch for entry in entries} - {None}) == 1
    assert {entry.history_change_reason for entry in entries} == {"vendor: nowy kurier"}
    assert {entry.history_user for entry in entries} == {dpo}


def test_forty_take_no_more_queries_than_four(client: Client, dpo: User) -> None:
    counts = []
    for slug, many in (("a", 4), ("b", 40)):
        activities, recipient = ActivityFactory.create_batch(many), RecipientFactory(slug=slug)
        with CaptureQueriesContext(connection) as queries:
            add(client, "add_recipient", activities, recipient=recipient.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_has_it_already_is_left_as_it_is_and_named(client: Client, dpo: User) -> None:
    had = ActivityRecipientFactory()
    other = ActivityFactory(name_pl="Newsletter")
    page = add(client, "add_recipient", [had.activity, other], recipient=had.recipient.pk)
    assert had.history.count() == 1
    assert ActivityRecipient.objects.count() == 2
    told = [str(message) for message in page.context["messages"]]
    assert any(str(had.activity) in line and str(other) not in line for line in told)


def test_who_had_it_once_gets_it_again(client: Client, dpo: User) -> None:
    part = ActivityRecipientFactory()
    part.end()
    add(client, "add_recipient", [part.activity], recipient=part.recipient.pk)
    assert ActivityRecipient.objects.count() == 2


def test_a_client_is_left_out_as_processor_of_its_own_activity(client: Client, dpo: User) -> None:
    shop = OrganisationFactory(client=True)
    its, ours = ActivityFactory(controller=shop), ActivityFactory()
    add(client, "add_processor", [its, ours], organisation=shop.pk)
    assert ActivityProcessor.objects.get().activity == ours


def test_a_retention_rule_goes_onto_many(client: Client, dpo: User) -> None:
    activities = ActivityFactory.create_batch(2)
    what = {"what_pl": "nagrania", "what_en": "recordings", "period": 6, "unit": "month"}
    trigger = RetentionTrigger.objects.get(slug="call")
    add(client, "add_retention_rule", activities, trigger=trigger.pk, action="restrict", **what)
    assert RetentionRule.objects.filter(period=6, action="restrict").count() == 2


def test_nothing_is_added_without_a_reason(client: Client, dpo: User) -> None:
    activity, recipient = ActivityFactory(), RecipientFactory()
    page = add(client, "add_recipient", [activity], recipient=recipient.pk, cause="")
    assert page.context["form"].errors.keys() == {"cause"}
    assert not ActivityRecipient.objects.exists()


def test_the_page_that_asks_keeps_what_was_ticked(client: Client, dpo: User) -> None:
    activity = ActivityFactory()
    page = client.post(LIST, {"action": "add_recipient", "_selected_action": [activity.pk]})
    assert ("_selected_action", str(activity.pk)) in page.context["hidden"]


@pytest.mark.parametrize("trait", ["approver", "supervisor", "auditor"])
def test_nobody_else_adds(client: Client, trait: str) -> None:
    client.force_login(UserFactory(**{trait: True}))
    add(client, "add_recipient", [ActivityFactory()], recipient=RecipientFactory().pk)
    assert not ActivityRecipient.objects.exists()
