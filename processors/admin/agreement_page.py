"""What happened to one agreement and what is to come, for the timeline on its page."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from audit.admin.versions import author
from audit.reasons import readable
from audit.steps import Step, newest_first
from processors.models import ProcessingAgreement
from processors.models.agreements import RENEWAL


def timeline(agreement: ProcessingAgreement) -> list[Step]:
    """Its steps, the newest first, what is to come on top.

    ``agreement`` comes with its documents (the admin's queryset); its history is one query.
    """
    versions = list(agreement.history.select_related("history_user").order_by("history_id"))
    return newest_first(
        [
            *_entered(versions),
            *_signed(agreement, versions),
            *_documents(agreement),
            *_reminder(agreement),
            *_end(agreement),
            *_termination(agreement, versions),
            *_return(agreement, versions),
        ]
    )


def _entered(versions: list[Any]) -> Iterator[Step]:
    for version in versions[:1]:
        title = pgettext("agreement", "Entered in the register")
        yield Step(version.history_date, "off", "pencil", title, _who(version))


def _signed(agreement: ProcessingAgreement, versions: list[Any]) -> Iterator[Step]:
    if agreement.signed_on:
        said = _joined(agreement.get_form_display(), _recorded(versions, "signed_on"))
        title = pgettext("agreement", "Signed")
        yield Step(agreement.signed_on, "info", "pencil", title, said)
    if agreement.in_force_from:
        came = _("Came into force")
        yield _dated(agreement.in_force_from, ("ok", "check", came), _("Comes into force"))


def _documents(agreement: ProcessingAgreement) -> Iterator[Step]:
    for document in agreement.documents.all():
        pages = ngettext("%(n)d page", "%(n)d pages", document.pages) % {"n": document.pages}
        said = _joined(document.title, pages, author(document.recorded_by, document.recorded_name))
        yield Step(document.recorded_at, "info", "upload", _("Signed document attached"), said)


def _reminder(agreement: ProcessingAgreement) -> Iterator[Step]:
    """From when the house asks for a renewal; none where the agreement had ended before."""
    if agreement.in_force_until is None:
        return
    day = agreement.in_force_until - timedelta(days=RENEWAL)
    if agreement.terminated_on is None or day < agreement.terminated_on:
        said = _("The agreement ends in %(days)d days.") % {"days": RENEWAL}
        reminded = ("warn", "clock", _("Reminder to renew"))
        yield _dated(day, reminded, _("Reminder to renew"), said)


def _end(agreement: ProcessingAgreement) -> Iterator[Step]:
    end, terminated = agreement.in_force_until, agreement.terminated_on
    if end and (terminated is None or end < terminated):
        expired = ("bad", "warning", pgettext("agreement", "Expired"))
        yield _dated(end, expired, _("Expires"))


def _termination(agreement: ProcessingAgreement, versions: list[Any]) -> Iterator[Step]:
    if agreement.terminated_on:
        over = ("off", "minus", pgettext("agreement", "Terminated"))
        said = _recorded(versions, "terminated_on")
        yield _dated(agreement.terminated_on, over, _("Ends by termination"), said)


def _return(agreement: ProcessingAgreement, versions: list[Any]) -> Iterator[Step]:
    version = _since(versions, "returned")
    if agreement.returned and version:
        # Translators: "Dane: zwrócone"
        title = _("Data: %(what)s") % {"what": agreement.get_returned_display()}
        said = _joined(agreement.return_proof, _who(version))
        yield Step(version.history_date, "ok", "check", title, said)


# Words -------------------------------------------------------------------------------------------


def _dated(day: date, then: tuple[str, str, str], ahead: str, said: str = "") -> Step:
    """A step of ``day``: tone, icon and title as of the past, or only ``ahead``."""
    left = (day - timezone.localdate()).days
    if left <= 0:
        return Step(day, *then, said)
    waiting = ngettext("in %(days)s day", "in %(days)s days", left) % {"days": left}
    return Step(day, "off", "clock", ahead, _joined(waiting, said))


def _since(versions: list[Any], field: str) -> Any:
    """The version by which ``field`` became what it is; None where history is silent of it."""
    found = None
    for version in reversed(versions):
        if getattr(version, field) != getattr(versions[-1], field):
            break
        found = version
    return found


def _recorded(versions: list[Any], field: str) -> str:
    version = _since(versions, field)
    return _joined(_who(version), readable(version.history_change_reason)) if version else ""


def _who(version: Any) -> str:
    return author(version.history_user, version.history_username)


def _joined(*said: Any) -> str:
    return " · ".join(str(each) for each in said if each)
