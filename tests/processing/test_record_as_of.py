"""The two records of Art. 30 as they stood at the end of a day: on screen, on paper, in a file."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit import pdf
from audit.models import AccessEvent
from processing.models import ActivityProcessor, ProcessingActivity, RetentionTrigger
from processing.record import Kind, page_of
from tests.factories import (
    ActivityFactory,
    ActivityProcessorFactory,
    ActivityRecipientFactory,
    ActivityToolFactory,
    ActivityTransferFactory,
    AgreementFactory,
    OrganisationFactory,
    PurposeFactory,
    RetentionRuleFactory,
    UserFactory,
)
from tests.processing.test_parts import involve
from tests.processing.test_record import IMPORT, needs_pango, said

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 10, 9, tzinfo=UTC)
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
THEN = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    settings.SESSION_COOKIE_AGE = 366 * 24 * 3600  # who signs in in June is still here in November
    with time_machine.travel(JUNE, tick=False) as clock:
        yield clock


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def activity(clock: Any) -> ProcessingActivity:
    """Made in June; today with other data."""
    activity = PurposeFactory(
        name_pl="Newsletter", activity__data_pl="e-mail", activity__data_en="e-mail address"
    ).activity
    clock.move_to(TODAY)
    activity.data_pl, activity.data_en = "e-mail and phone", "e-mail address and phone"
    activity.save()
    return activity


# What it says -------------------------------------------------------------------------------------


def test_a_value_that_changed_later_reads_as_it_did(activity: ProcessingActivity) -> None:
    assert ("and phone" in said(Kind.RCP, day=THEN), "and phone" in said(Kind.RCP)) == (False, True)


def test_an_activity_of_later_is_not_there(activity: ProcessingActivity) -> None:
    ActivityFactory(controller=activity.controller)
    assert [len(page_of(Kind.RCP, day=day).rows) for day in (THEN, None)] == [1, 2]


def test_a_part_that_was_added_later_is_not_there(activity: ProcessingActivity) -> None:
    ActivityRecipientFactory(activity=activity, recipient__name_pl="poczta", since=JUNE)
    assert "poczta" not in said(Kind.RCP, day=THEN)
    assert "poczta" in said(Kind.RCP, day=TODAY.date())


def test_a_part_that_has_ended_since_is_there(clock: Any) -> None:
    part = ActivityRecipientFactory(recipient__name_pl="poczta")
    clock.move_to(TODAY)
    part.end()
    assert "poczta" in said(Kind.RCP, day=THEN)
    assert "poczta" not in said(Kind.RCP, day=TODAY.date())


def test_what_is_planned_for_the_evening_is_not_there_at_noon(clock: Any) -> None:
    ActivityRecipientFactory(recipient__name_pl="poczta", since=JUNE.replace(hour=18))
    assert "poczta" not in said(Kind.RCP, day=THEN)
    clock.move_to(TODAY)
    assert "poczta" in said(Kind.RCP, day=THEN)


def test_tools_recipients_and_rules_have_their_names_and_terms_of_that_day(clock: Any) -> None:
    tool = ActivityToolFactory(tool__name="Old dialler")
    activity = tool.activity
    recipient = ActivityRecipientFactory(activity=activity, recipient__name_pl="stara poczta")
    trigger = RetentionTrigger.objects.create(
        slug="parcel", name_pl="Paczka", phrase_pl="doręczenia paczki", position=90
    )
    rule = RetentionRuleFactory(activity=activity, trigger=trigger)
    sentence = rule.sentence
    clock.move_to(TODAY)
    change(tool.tool, name="New dialler")
    change(tool.tool.vendor, name="New vendor")
    change(recipient.recipient, name_pl="nowa poczta")
    change(rule, period=48)
    change(trigger, phrase_pl="czegoś innego")
    text = said(Kind.RCP, day=THEN)
    assert all(word in text for word in ("Old dialler", "stara poczta", sentence))
    assert not any(word in text for word in ("New dialler", "New vendor", "nowa poczta"))


def test_transfers_and_processors_stand_as_they_did(clock: Any) -> None:
    transfer = ActivityTransferFactory(transfer__country="US").transfer
    activity = transfer.made_by.get().activity
    agreement = AgreementFactory(reference="UP/7")
    ActivityProcessorFactory(activity=activity, agreement=agreement)
    clock.move_to(TODAY)
    change(transfer, country="IN", mechanism="scc", scc_module="2")
    change(agreement, reference="UP/8")
    text = said(Kind.RCP, day=THEN)
    assert f"{transfer.organisation}, US" in text
    assert "UP/7" in text


def test_the_agreement_and_the_client_of_that_day_are_named(clock: Any) -> None:
    client = OrganisationFactory(client=True, name="Old shop", dpo_name="Anna Lewicka")
    ActivityFactory(controller=client)
    agreement = AgreementFactory(taken=True, reference="UP/1")
    clock.move_to(TODAY)
    change(client, name="New shop", dpo_name="Piotr Lis")
    agreement.terminate(on=TODAY.date())
    then, now = said(Kind.RKCP, day=THEN), said(Kind.RKCP)
    assert all(word in then for word in ("Old shop", "Anna Lewicka", "UP/1"))
    assert "UP/1" not in now


def test_a_client_of_that_day_is_shown_alone(clock: Any) -> None:
    its = ActivityFactory(controller=OrganisationFactory(client=True))
    ActivityFactory(controller=OrganisationFactory(slug="bank", name="Bank"))
    clock.move_to(TODAY)
    page = page_of(Kind.RKCP, client="sklep", day=THEN)
    assert [row.activity for row in page.rows] == [its]
    assert len(page.clients) == 2


def change(record: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    record.save()


def test_more_activities_take_no_more_queries(clock: Any) -> None:
    counts = []
    for name in ("jeden", "dwa", "trzy"):
        involve(PurposeFactory(activity__controller=OrganisationFactory()).activity, name)
        with CaptureQueriesContext(connection) as queries:
            said(Kind.RCP, day=THEN)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


# The screen ---------------------------------------------------------------------------------------


def shown(client: Client, on: str, kind: Kind = Kind.RCP) -> str:
    answer = client.get(reverse(f"admin:processing_{kind}"), {"on": on})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_screen_says_the_day_and_leads_back(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    content = shown(client, "2026-06-10")
    assert "As it stood at the end of <strong>" in content
    assert content.count("10 Jun 2026</time>") == 3
    assert "Back to today" in content
    assert f"/processingactivity/{activity.pk}/change/?on=2026-06-10" in content


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("on", ["2026-02-30", "yesterday", "9999-12-31", "2026-11-25"])
def test_a_day_that_is_none_or_has_not_come_is_refused_beside_the_field(
    client: Client, dpo: User, activity: ProcessingActivity, on: str, kind: Kind
) -> None:
    content = shown(client, on, kind)
    assert "errorlist" in content
    assert "Newsletter" not in content


def test_an_empty_day_is_the_record_of_now(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    content = shown(client, "")
    assert "and phone" in content
    assert "Back to today" not in content


@pytest.mark.parametrize(("trait", "status"), [("auditor", 200), ("supervisor", 403)])
def test_who_may_see_the_trail_may_look_back(client: Client, trait: str, status: int) -> None:
    client.force_login(UserFactory(**{trait: True}))
    assert client.get(reverse("admin:processing_rcp"), {"on": "2026-06-10"}).status_code == status


# Files --------------------------------------------------------------------------------------------


@needs_pango
def test_the_pdf_says_the_day_on_every_page(
    client: Client, dpo: User, activity: ProcessingActivity, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(pdf, "_drawn", lambda html: drawn.append(html) or b"%PDF")
    answer = client.get(reverse("admin:processing_rcp_pdf"), {"on": "2026-06-10"})
    assert drawn[0].count("10 Jun 2026") == drawn[0].count("<title>") + 3
    assert "and phone" not in drawn[0]
    assert "rcp-as-of-2026-06-10.pdf" in answer["Content-Disposition"]


def workbook(client: Client, on: str) -> tuple[bytes, str]:
    answer = client.get(reverse("admin:processing_rcp_xlsx"), {"on": on})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content), answer["Content-Disposition"]


def cells(content: bytes, sheet: str) -> list[dict[str, Any]]:
    first, *rows = openpyxl.load_workbook(io.BytesIO(content))[sheet].values
    return [dict(zip(first, row, strict=True)) for row in rows]


def test_the_workbook_holds_the_rows_of_that_day(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    ActivityRecipientFactory(activity=activity, since=JUNE)
    ActivityFactory(controller=activity.controller)
    content, _name = workbook(client, "2026-06-10")
    assert [row["data_en"] for row in cells(content, "activities")] == ["e-mail address"]
    assert [row["name_pl"] for row in cells(content, "purposes")] == ["Newsletter"]
    assert cells(content, "activity_recipients") == []


def test_the_workbook_says_the_day_first_and_on_each_printed_page(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    content, name = workbook(client, "2026-06-10")
    book = openpyxl.load_workbook(io.BytesIO(content))
    said_first = [cell for (cell,) in book.worksheets[0].values]
    assert "As it stood at the end of 10 Jun 2026." in said_first
    assert all("10 Jun 2026" in page.oddHeader.left.text for page in book.worksheets[1:])
    assert "rcp-as-of-2026-06-10.xlsx" in name


def test_a_workbook_of_the_past_is_not_imported(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    content, _name = workbook(client, "2026-06-10")
    page = client.post(IMPORT, {"file": SimpleUploadedFile("rcp.xlsx", content)})
    assert "of the past" in str(page.context["form"].errors["file"])


@pytest.mark.parametrize("file", ["pdf", "xlsx"])
def test_a_file_of_no_day_is_none(client: Client, dpo: User, file: str) -> None:
    url = reverse(f"admin:processing_rcp_{file}")
    assert client.get(url, {"on": "2026-11-31"}).status_code == 404
    assert AccessEvent.objects.count() == 0


def test_the_access_log_says_which_day(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    workbook(client, "2026-06-10")
    opening = AccessEvent.objects.get(closes=None)
    assert opening.filters == {"on": "2026-06-10", "format": "xlsx"}


def test_a_processor_of_that_day_is_named_though_it_left(clock: Any) -> None:
    part: ActivityProcessor = ActivityProcessorFactory()
    name = part.organisation.name
    clock.move_to(TODAY)
    part.end()
    assert name in said(Kind.RCP, day=THEN)
    assert name not in said(Kind.RCP)
