"""How people were told of a material change: recorded as proof, and missed after a month."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit import rules
from audit.choices import Severity
from audit.models import AppendOnly
from audit.panels import panels_of
from notices import services
from notices.choices import Means
from notices.models import ChangeAnnouncement, NoticeVersion
from tests.consents.screens import given
from tests.factories import UserFactory
from tests.notices.making import approved, complete_purpose, drafted, published

pytestmark = pytest.mark.django_db
FACTS: dict[str, Any] = {
    "means": Means.EMAIL,
    "whom": "Wszyscy ze zgodą sprzed zmiany",
    "people": 1204,
    "evidence": "Wysyłka „klauzula v2”, potwierdzenie w archiwum kampanii.",
}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False) as clock:
        yield clock


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def changed(days: int = 40, clock: Any = None, *, material: bool = True) -> NoticeVersion:
    """A second version that took effect and was published so many days ago."""
    now = timezone.now()
    if clock:
        clock.move_to(now - timedelta(days=days))
    purpose = complete_purpose()
    first = published(purpose, effective_from=timezone.now() - timedelta(days=300))
    second = next_version(first, material=material)
    if clock:
        clock.move_to(now)
    return second


def next_version(before: NoticeVersion, *, material: bool = True) -> NoticeVersion:
    purposes = [link.purpose for link in before.purposes_named.all()]
    version = drafted(*purposes, notice=before.notice)
    version.is_material = material
    version.save()
    version.submit()
    version.approve(by=UserFactory(approver=True))
    return services.publish(version, by=UserFactory())


def told(version: NoticeVersion, **facts: Any) -> ChangeAnnouncement:
    known = {**FACTS, "told_on": timezone.localdate(), **facts}
    return services.announce(version, **known)


def is_missed(version: NoticeVersion) -> bool:
    codes = {finding.rule.code for finding in rules.findings_for(version)}
    return "change_not_announced" in codes


# The record ---------------------------------------------------------------------------------------


def test_it_says_how_whom_when_and_by_whom() -> None:
    announcement = told(changed())
    kept = ChangeAnnouncement.objects.get()
    assert kept == announcement
    assert (kept.means, kept.people, kept.told_on) == ("email", 1204, timezone.localdate())


def test_it_stays_as_it_was_written() -> None:
    announcement = told(changed())
    with pytest.raises(AppendOnly):
        announcement.save()
    table = ChangeAnnouncement._meta.db_table
    for statement in (f"UPDATE {table} SET people = 9", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_version_that_nobody_can_read_is_not_announced() -> None:
    with pytest.raises(ValidationError, match="published"):
        told(approved())


def test_a_message_that_will_go_out_is_not_recorded_yet() -> None:
    with pytest.raises(ValidationError, match="once people have been told"):
        told(changed(), told_on=timezone.localdate() + timedelta(days=1))


@pytest.mark.parametrize("name", ["means", "whom", "evidence", "told_on"])
def test_no_fact_is_left_out(name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        told(changed(), **{name: None if name == "told_on" else ""})
    assert name in refusal.value.message_dict


@pytest.mark.parametrize(("means", "people"), [(Means.NOBODY, 3), (Means.EMAIL, 0)])
def test_a_number_that_says_nothing_is_refused(means: Means, people: int) -> None:
    with pytest.raises(ValidationError, match="number above zero"):
        told(changed(), means=means, people=people)


@pytest.mark.parametrize("means", [Means.NOBODY, Means.POPUP])
def test_where_nobody_counted_no_number_is_asked_for(means: Means) -> None:
    assert told(changed(), means=means, people=None).pk


# The finding --------------------------------------------------------------------------------------


def test_a_material_change_without_a_record_is_important_after_a_month(clock: Any) -> None:
    version = changed(31, clock)
    assert is_missed(version)
    rule = next(r for r in rules.registered() if r.code == "change_not_announced")
    assert rule.severity == Severity.IMPORTANT


def test_within_the_month_nothing_is_missed_yet(clock: Any) -> None:
    assert not is_missed(changed(29, clock))


def test_the_month_is_a_setting(clock: Any, settings: Any) -> None:
    settings.CHANGE_ANNOUNCED_DAYS = 7
    assert is_missed(changed(8, clock))


def test_what_is_published_late_of_what_people_were_told_has_its_month_too() -> None:
    first = published(complete_purpose(), effective_from=days_ago(300))
    version = drafted(first.purposes_named.get().purpose, notice=first.notice)
    version.submit()
    version.approve(by=UserFactory(approver=True))
    services.publish(version, by=UserFactory(), effective_from=days_ago(200))
    assert not is_missed(version)


def test_a_message_of_its_own_mends_it(clock: Any) -> None:
    version = changed(40, clock)
    told(version)
    assert not is_missed(version)


def test_a_text_on_the_website_alone_does_not(clock: Any) -> None:
    version = changed(40, clock)
    told(version, means=Means.WEBSITE, people=None)
    assert is_missed(version)


def test_the_message_about_a_later_version_tells_of_this_one_too(clock: Any) -> None:
    version = changed(40, clock)
    later = next_version(version)
    assert is_missed(version)
    told(later)
    assert not is_missed(version)


def test_the_message_about_an_earlier_version_does_not(clock: Any) -> None:
    version = changed(40, clock)
    first = version.notice.versions.get(number=1)
    told(first)
    assert is_missed(version)


def test_a_change_that_is_not_material_needs_none(clock: Any) -> None:
    assert not is_missed(changed(40, clock, material=False))


def test_a_first_version_changes_nothing_that_anybody_was_told(clock: Any) -> None:
    now = timezone.now()
    clock.move_to(now - timedelta(days=40))
    version = published(complete_purpose())
    clock.move_to(now)
    assert not is_missed(version)


def test_a_notice_that_has_ended_needs_none(clock: Any) -> None:
    version = changed(40, clock)
    services.archive(version)
    assert not is_missed(version)


# The screen ---------------------------------------------------------------------------------------


def address(version: NoticeVersion, name: str) -> str:
    return reverse(f"admin:notices_noticeversion_{name}", args=[version.pk])


def as_role(client: Client, **trait: Any) -> Client:
    client.force_login(UserFactory(**trait))
    return client


def posted(**facts: Any) -> dict[str, Any]:
    return {**FACTS, "told_on": timezone.localdate().isoformat(), **facts}


def test_the_officer_records_it_and_reads_it_on_the_version(client: Client) -> None:
    version = changed()
    answer = as_role(client).post(address(version, "announce"), posted())
    assert answer["Location"] == address(version, "change")
    page = client.get(address(version, "change")).content.decode()
    assert "Wszyscy ze zgodą sprzed zmiany" in page
    assert ChangeAnnouncement.objects.get().recorded_by is not None


def test_a_refusal_stands_at_its_field(client: Client) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    answer = as_role(client).post(address(changed(), "announce"), posted(told_on=tomorrow))
    assert "Odnotuj to, gdy zawiadomienie zostanie już przekazane" in answer.content.decode()
    assert not ChangeAnnouncement.objects.exists()


@pytest.mark.parametrize("trait", [{"approver": True}, {"auditor": True}, {"supervisor": True}])
def test_nobody_else_records_it(client: Client, trait: dict[str, bool]) -> None:
    answer = as_role(client, **trait).post(address(changed(), "announce"), posted())
    assert answer.status_code == 403
    assert not ChangeAnnouncement.objects.exists()


def test_an_auditor_reads_it_in_the_list(client: Client) -> None:
    told(changed())
    url = reverse("admin:notices_changeannouncement_changelist")
    assert "Wszyscy ze zgodą" in as_role(client, auditor=True).get(url).content.decode()


def test_it_is_offered_on_a_material_change_alone(client: Client) -> None:
    first = published()
    page = as_role(client).get(address(first, "change")).content.decode()
    assert address(first, "announce") not in page
    version = next_version(first)
    page = client.get(address(version, "change")).content.decode()
    assert address(version, "announce") in page


@pytest.mark.parametrize("is_told", [True, False])
def test_the_notice_says_whether_people_were_told_of_its_last_change(is_told: bool) -> None:
    version = changed()
    purpose = version.purposes_named.get().purpose
    given(purpose=purpose, occurred_at=days_ago(200))
    if is_told:
        told(version)
    (panel,) = panels_of(version.notice, UserFactory())
    drawn = render_to_string(panel.template, {"holds": panel.holds})
    assert ("nothing is recorded yet" in drawn) is not is_told
    assert ("Wszyscy ze zgodą sprzed zmiany" in drawn) is is_told
