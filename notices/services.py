"""What moves several records of this room at once: drafting from the registers, publishing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import bulk
from audit.act import acting, current_act, new_batch
from notices.choices import Coverage
from notices.models import (
    ChangeAnnouncement,
    ElementCheck,
    Notice,
    NoticeElement,
    NoticeVersion,
    VersionPurpose,
    VersionRecipient,
    VersionTool,
)
from notices.writing import snapshot
from notices.writing.draft import written
from notices.writing.registers import Facts, Registers
from processing.models import Purpose

NOT_ITS_CONTROLLER = _("A notice speaks of purposes of its own controller.")


@transaction.atomic
def draft(notice: Notice, purposes: Iterable[Purpose], *, by: Any) -> NoticeVersion:
    """The next version of ``notice`` about ``purposes``, written from the registers as they are.

    ``by`` is its author. Raises ValidationError without purposes, with another controller's, or
    while another version is in the making.
    """
    asked = list(purposes)
    _refuse(notice, asked)
    facts = Registers.of(asked).facts(notice.controller, notice.article, [p.pk for p in asked])
    text = written(notice, facts, NoticeElement.objects.asked_by(notice.article))
    version = NoticeVersion(
        notice=notice,
        number=_next_number(notice),
        text_pl=text.text_pl,
        text_en=text.text_en,
        author=by,
        basis=snapshot.taken(facts),
    )
    version.full_clean(exclude=["sha256"])
    # One entry of the trail, and not one for each element of the checklist.
    with acting(batch=current_act().batch or new_batch()):
        version.save()
        _name(version, facts, text.checks)
    return version


def _refuse(notice: Notice, purposes: list[Purpose]) -> None:
    if not purposes:
        raise ValidationError(_("Choose the purposes that the notice tells about."))
    if any(purpose.activity.controller_id != notice.controller_id for purpose in purposes):
        raise ValidationError(NOT_ITS_CONTROLLER)
    if any(not purpose.is_active for purpose in purposes):
        raise ValidationError(_("A notice tells about active purposes alone."))


def _next_number(notice: Notice) -> int:
    last = notice.versions.standing().order_by("-number").first()
    return last.number + 1 if last else 1


def _name(version: NoticeVersion, facts: Facts, checks: Iterable[ElementCheck]) -> None:
    """What it names and covers, with history, in so many statements for any number of rows."""
    bulk.create(VersionPurpose(version=version, purpose=purpose) for purpose in facts.purposes)
    bulk.create(VersionTool(version=version, tool=tool) for tool in facts.tools)
    bulk.create(VersionRecipient(version=version, recipient=each) for each in facts.recipients)
    for check in checks:
        check.version = version
    bulk.create(checks)


@transaction.atomic
def adopt(version: NoticeVersion, purposes: Iterable[Purpose]) -> None:
    """Take in a stored draft that was written elsewhere: a person goes through its checklist.

    Raises ValidationError as ``draft`` does.
    """
    asked, notice = list(purposes), version.notice
    _refuse(notice, asked)
    facts = Registers.of(asked).facts(notice.controller, notice.article, [p.pk for p in asked])
    version.basis = snapshot.taken(facts)
    version.full_clean()
    version.save(update_fields=["basis"])
    _name(version, facts, [_unseen(e) for e in NoticeElement.objects.asked_by(notice.article)])


def _unseen(element: NoticeElement) -> ElementCheck:
    return ElementCheck(
        element=element,
        coverage=Coverage.MISSING,
        gap_pl="tekst napisano poza rejestrem: sprawdź, czy o tym mówi",
        gap_en="the text was written elsewhere: check whether it says this",
    )


@transaction.atomic
def publish(
    version: NoticeVersion, *, by: Any, effective_from: datetime | None = None
) -> NoticeVersion:
    """Make an approved version public; the one before it ends where this one begins.

    ``effective_from`` is an instant (now by default). An earlier one records a notice that people
    were told by before it came into this register. Raises ValidationError where it does not come
    after the beginning of the version before, GateClosed where a rule stands in the way.
    """
    begins = effective_from or timezone.now()
    # The notice is the lock: two versions of it are never published at once.
    Notice.objects.select_for_update().get(pk=version.notice_id)
    version.refresh_from_db()
    before = version.notice.versions.published().order_by("-effective_from").first()
    if before:
        _end_before(before, begins)
    version.publish(by=by, effective_from=begins)
    return version


def _end_before(before: NoticeVersion, begins: datetime) -> None:
    if before.effective_from is not None and begins <= before.effective_from:
        raise ValidationError(
            {"effective_from": _("It begins after the version before, which began later.")}
        )
    if before.archived_at is None:
        before.end(at=begins)
    elif before.archived_at > begins:
        raise ValidationError({"effective_from": _("The version before applies until later.")})


@transaction.atomic
def archive(version: NoticeVersion) -> NoticeVersion:
    """End a version in force, or one that has not begun, without another in its place."""
    begins = version.effective_from or timezone.now()
    version.end(at=max(timezone.now(), begins))
    return version


def announce(version: NoticeVersion, **facts: Any) -> ChangeAnnouncement:
    """Record that people were told of what ``version`` changed: ``facts`` are its fields.

    Raises ValidationError where the version is not published, or a fact is missing.
    """
    announcement = ChangeAnnouncement(version=version, **facts)
    announcement.full_clean()
    announcement.save()
    return announcement
