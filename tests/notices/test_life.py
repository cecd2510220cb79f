"""A version's life: each step allowed where it belongs and refused elsewhere."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.rules import GateClosed
from notices import services
from notices.choices import Coverage, VersionState, VersionStatus
from notices.models import NoticeVersion
from tests.factories import (
    LONG_AGO,
    NoticeFactory,
    OrganisationFactory,
    PurposeFactory,
    UserFactory,
)
from tests.notices import making

pytestmark = pytest.mark.django_db

MAKERS: dict[str, Callable[[], NoticeVersion]] = {
    "draft": making.drafted,
    "submitted": making.submitted,
    "approved": making.approved,
    "published": making.published,
}
VERBS: dict[str, Callable[[NoticeVersion], object]] = {
    "submit": lambda v: v.submit(),
    "reopen": lambda v: v.reopen(),
    "approve": lambda v: v.approve(by=UserFactory(approver=True)),
    "discard": lambda v: v.discard(),
    "publish": lambda v: services.publish(v, by=UserFactory()),
    "archive": lambda v: services.archive(v),
}
ALLOWED = {
    ("draft", "submit"): VersionStatus.SUBMITTED,
    ("draft", "discard"): VersionStatus.DISCARDED,
    ("submitted", "reopen"): VersionStatus.DRAFT,
    ("submitted", "approve"): VersionStatus.APPROVED,
    ("submitted", "discard"): VersionStatus.DISCARDED,
    ("approved", "reopen"): VersionStatus.DRAFT,
    ("approved", "publish"): VersionStatus.IN_FORCE,
    ("approved", "discard"): VersionStatus.DISCARDED,
    ("published", "archive"): VersionStatus.ARCHIVED,
}


@pytest.mark.parametrize(("state", "verb"), list(ALLOWED))
def test_a_step_that_belongs_there_is_taken(state: str, verb: str) -> None:
    version = MAKERS[state]()
    VERBS[verb](version)
    version.refresh_from_db()
    assert version.status == ALLOWED[state, verb]


REFUSED = [(s, v) for s in MAKERS for v in VERBS if (s, v) not in ALLOWED]


@pytest.mark.parametrize(("state", "verb"), REFUSED)
def test_a_step_that_does_not_belong_there_is_refused(state: str, verb: str) -> None:
    version = MAKERS[state]()
    with pytest.raises(ValidationError):
        VERBS[verb](version)
    assert NoticeVersion.objects.get(pk=version.pk).state == state


def test_nobody_approves_what_they_wrote() -> None:
    version = making.submitted()
    with pytest.raises(ValidationError, match="Nobody approves"):
        version.approve(by=version.author)


def test_the_database_refuses_the_author_s_approval_too() -> None:
    version = making.submitted()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notices_noticeversion SET approved_by_id = author_id WHERE id = %s",
            [version.pk],
        )


def test_the_database_refuses_to_publish_what_nobody_approved() -> None:
    version = making.submitted()
    version.state, version.effective_from = VersionState.PUBLISHED, timezone.now()
    version.published_at, version.published_by = timezone.now(), UserFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save()


def test_sending_back_takes_the_approval_away() -> None:
    version = making.approved()
    version.reopen()
    assert (version.approved_by, version.approved_at, version.submitted_at) == (None, None, None)


def test_a_version_with_a_missing_element_is_not_submitted() -> None:
    version = making.drafted(making.complete_purpose(legitimate=True))
    with pytest.raises(GateClosed, match="lacks elements"):
        version.submit()


def test_a_gap_that_somebody_filled_no_longer_stands_in_the_way() -> None:
    version = making.drafted(making.complete_purpose(legitimate=True))
    version.text_pl = version.text_pl.replace("DO UZUPEŁNIENIA", "")
    version.text_en = version.text_en.replace("TO BE COMPLETED", "")
    version.save()
    for check in version.checks.filter(coverage=Coverage.MISSING):
        check.coverage = Coverage.COVERED
        check.full_clean()
        check.save()
    version.submit()
    assert version.state == VersionState.SUBMITTED


def test_an_empty_language_is_not_submitted() -> None:
    version = making.drafted()
    version.text_en = " "
    version.save()
    with pytest.raises(ValidationError, match="both languages"):
        version.submit()


def test_the_hash_is_over_both_texts() -> None:
    version = making.drafted()
    before = version.sha256
    version.text_en += "More."
    version.save()
    assert len(version.sha256) == 64
    assert version.sha256 != before


@pytest.mark.parametrize("state", ["submitted", "approved", "published"])
def test_a_text_stays_as_it_was_submitted(state: str) -> None:
    version = MAKERS[state]()
    version.text_pl += "Dopisek."
    with pytest.raises(ValidationError, match="stays as it is"):
        version.full_clean()


@pytest.mark.parametrize("column", ["text_pl", "text_en", "sha256", "number", "change_pl"])
def test_the_database_keeps_a_published_version(column: str) -> None:
    version = making.published()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE notices_noticeversion SET {column} = '7' WHERE id = %s", [version.pk]
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices_noticeversion SET state = 'draft'",
        "UPDATE notices_noticeversion SET effective_from = published_at",
        "DELETE FROM notices_noticeversion",
    ],
)
def test_the_database_lets_no_published_version_go(statement: str) -> None:
    making.published()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_lets_a_draft_be_changed() -> None:
    version = making.drafted()
    version.change_pl = "Nowy cel."
    version.save()
    assert NoticeVersion.objects.get().change_pl == "Nowy cel."


def test_the_checklist_of_a_submitted_version_stays_too() -> None:
    check = making.submitted().checks.first()
    check.coverage = Coverage.MISSING
    with pytest.raises(ValidationError, match="stays as it is"):
        check.full_clean()


def test_the_version_before_ends_where_the_next_begins() -> None:
    first = making.published()
    begins = datetime(2026, 5, 1, tzinfo=UTC)
    second = making.published(making.complete_purpose(), notice=first.notice, effective_from=begins)
    first.refresh_from_db()
    assert (first.archived_at, second.archived_at) == (begins, None)


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (making.LAST_YEAR, [1]),
        (making.LAST_YEAR - timedelta(microseconds=1), []),
        (datetime(2026, 5, 1, tzinfo=UTC) - timedelta(microseconds=1), [1]),
        (datetime(2026, 5, 1, tzinfo=UTC), [2]),
    ],
)
def test_the_version_in_force_is_known_at_every_moment(moment: datetime, number: list[int]) -> None:
    purpose = making.complete_purpose()
    first = making.published(purpose)
    making.published(purpose, notice=first.notice, effective_from=datetime(2026, 5, 1, tzinfo=UTC))
    told = NoticeVersion.objects.in_force(moment).for_purpose(purpose)
    assert [version.number for version in told] == number


def test_a_version_announced_for_later_leaves_the_present_one_in_force() -> None:
    first = making.published()
    later = timezone.now() + timedelta(days=30)
    second = making.published(making.complete_purpose(), notice=first.notice, effective_from=later)
    first.refresh_from_db()
    assert (first.status, second.status) == (VersionStatus.IN_FORCE, VersionStatus.SCHEDULED)


def test_a_version_does_not_begin_before_the_one_before_it() -> None:
    first = making.published()
    second = making.approved(making.complete_purpose(), notice=first.notice)
    with pytest.raises(ValidationError, match="begins after"):
        services.publish(second, by=UserFactory(), effective_from=LONG_AGO)
    first.refresh_from_db()
    assert first.archived_at is None


def test_a_second_draft_waits_for_the_first() -> None:
    version = making.drafted()
    with pytest.raises(ValidationError, match="already"):
        making.drafted(making.complete_purpose(), notice=version.notice)


def test_a_discarded_draft_gives_its_number_to_the_next() -> None:
    version = making.drafted()
    version.discard()
    assert making.drafted(making.complete_purpose(), notice=version.notice).number == 1


def test_a_notice_speaks_of_its_own_controller_s_purposes_alone() -> None:
    client = OrganisationFactory(client=True)
    with pytest.raises(ValidationError, match="own controller"):
        making.drafted(making.complete_purpose(), notice=NoticeFactory(controller=client))


def test_a_notice_speaks_of_active_purposes_alone() -> None:
    ended = PurposeFactory(active_until=making.LAST_YEAR)
    with pytest.raises(ValidationError, match="active"):
        making.drafted(ended)


def test_a_notice_without_purposes_is_not_drafted() -> None:
    with pytest.raises(ValidationError, match="Choose"):
        services.draft(NoticeFactory(), [], by=UserFactory())


def test_the_address_of_a_published_notice_stays() -> None:
    notice = making.published().notice
    notice.slug = "inny"
    with pytest.raises(ValidationError, match="by its address"):
        notice.full_clean()


def test_the_address_of_an_unpublished_notice_may_change() -> None:
    notice = making.drafted().notice
    notice.slug = "inny"
    notice.full_clean()
    assert notice.slug == "inny"
