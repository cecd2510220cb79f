"""What records are called where they stand alone: in the trail, in history, among findings."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit import as_of, naming, rules, trail
from audit.acknowledging import acknowledge
from audit.act import acting
from notices.models import NoticeVersion
from processing.models import ActivityTool
from processors.models import AgreementClause
from tests.factories import (
    ActivityToolFactory,
    AgreementFactory,
    NoticeFactory,
    OrganisationFactory,
    PurposeFactory,
    TransferFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

REGISTERS = [table.register for table in trail.tables()]


@pytest.mark.parametrize("model", REGISTERS, ids=lambda model: model._meta.label_lower)
def test_every_record_of_the_trail_is_called_something(model: type[models.Model]) -> None:
    texts = [f for f in model._meta.concrete_fields if isinstance(f, models.CharField)]
    record = model(pk=7, **{field.name: "x" for field in texts})
    assert str(record) != "#7" or model.named_by


def test_a_version_of_a_notice_names_its_notice() -> None:
    version = second_version()
    assert called(version) == "Klienci · v2"


def test_a_clause_names_its_agreement_and_what_it_is() -> None:
    clause = AgreementFactory(reference="UP/7").clauses.first()
    assert called(clause) == f"UP/7 · {clause.item}"


def test_a_tool_of_an_activity_names_both() -> None:
    part = ActivityToolFactory(tool__name="Dialler")
    assert called(part) == f"{part.activity} · Dialler"


def test_a_part_of_a_part_names_all_of_what_it_is_a_part() -> None:
    version = second_version()
    named = version.purposes_named.create(purpose=PurposeFactory(name_pl="Newsletter"))
    assert called(named) == "Klienci · v2 · Newsletter"


def second_version() -> NoticeVersion:
    notice = NoticeFactory(name_pl="Klienci")
    return NoticeVersion.objects.create(notice=notice, number=2, author=UserFactory())


def called(record: Any) -> str:
    """The last entry of the trail about ``record``."""
    entries = trail.page(trail.Asked(register=record._meta.label_lower)).entries
    return next(e.record_name for e in entries if e.record_id == record.pk)


@pytest.mark.parametrize("model", [AgreementClause, ActivityTool])
def test_more_parts_take_no_more_queries(model: type[models.Model]) -> None:
    counts = []
    for _round in range(3):
        AgreementFactory()
        ActivityToolFactory()
        with CaptureQueriesContext(connection) as queries:
            page = trail.page(trail.Asked(register=model._meta.label_lower))
            assert all(not entry.record_name.startswith("#") for entry in page.entries)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_the_history_of_a_version_is_headed_by_its_notice(client: Client) -> None:
    client.force_login(UserFactory(auditor=True))
    version = second_version()
    url = reverse("admin:notices_noticeversion_history", args=[version.pk])
    assert client.get(url).context["title"] == "Klienci · v2"


def test_a_change_names_a_version_by_its_notice() -> None:
    version = second_version()
    named = version.purposes_named.create(purpose=PurposeFactory())
    (entry,) = trail.page(trail.Asked(register=named._meta.label_lower)).entries
    assert "Klienci · v2" in dict(entry.values).values()


def test_a_record_of_the_past_is_called_as_it_was() -> None:
    with time_machine.travel(datetime(2026, 6, 10, 9, tzinfo=UTC), tick=False) as clock:
        part = ActivityToolFactory(tool__name="Old dialler", activity__name_pl="Stara nazwa")
        clock.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC))
        part.tool.name, part.activity.name_pl = "New dialler", "Nowa nazwa"
        part.tool.save()
        part.activity.save()
        (version,) = as_of.stood(ActivityTool, datetime(2026, 7, 1, tzinfo=UTC))
        names = as_of.names_then([as_of.record_of(version)], datetime(2026, 7, 1, tzinfo=UTC))
    assert names[part.pk] == f"{part.activity.number}. Stara nazwa · Old dialler"


def test_an_acknowledgement_names_the_record_that_it_is_about() -> None:
    transfer = TransferFactory(organisation=OrganisationFactory(name="Cloud"), tia_on=None)
    with acting(reason="other: the vendor moves in December"):
        row = acknowledge(unassessed(), transfer, by=UserFactory(), until=next_month())
    assert naming.name_of(row) == f"Cloud · {transfer} · {unassessed().message}"


def unassessed() -> rules.Rule:
    return next(r for r in rules.registered() if r.code == "transfer_without_assessment")


def next_month() -> date:
    return timezone.localdate() + timedelta(days=30)


def test_findings_name_their_records_at_no_further_query() -> None:
    counts = []
    for slug in ("one", "two"):
        TransferFactory(tia_on=None, organisation=OrganisationFactory(slug=slug))
        with CaptureQueriesContext(connection) as queries:
            subjects = [
                rules.Finding(unassessed(), each).subject for each in unassessed().open_records()
            ]
        counts.append(len(queries))
    assert counts == [1, 1]
    assert all(" · " in subject for subject in subjects)
