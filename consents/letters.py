"""Double opt-in by letter: whoever reads the mailbox confirms, and nobody in their place.

A letter is ordered in the transaction that records the consent; a job sends what waits. All that
waits for one mailbox stands in one letter. There is nothing in it but the question (no marketing).
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from itertools import groupby
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.choices import JobState, Way
from audit.jobs import Failed, enqueue
from audit.models import Job
from consents.choices import ConsentState, EventKind, LetterState, RestrictionKind, SuppressionScope
from consents.models import (
    LETTERS_A_DAY,
    ConfirmationLetter,
    Consent,
    ConsentEvent,
    ContactPoint,
    Restriction,
    Suppression,
)
from consents.preferences.links import confirmation_url
from processing.choices import Channel

log = logging.getLogger(__name__)
SEND = "consents.letters"
SEND_LABEL = gettext_lazy("Letters that ask for confirmation")
KEPT = timedelta(days=30)
# Where letters go until a mail server is named: into the log, where no address may stand.
NO_SERVER = "django.core.mail.backends.console.EmailBackend"
# Whoever said so is not written to, even where somebody enters their address again. A contact
# that was undeliverable is: a confirmation through it ends that (verdict.md §2).
NOT_WRITTEN_TO = (RestrictionKind.DO_NOT_CONTACT, RestrictionKind.PROCESSING_RESTRICTED)
FOR_EMAIL = Q(channel=None) | Q(channel=Channel.EMAIL)


def asks(given: ConsentEvent) -> bool:
    """Whether a letter is to ask the mailbox about ``given``.

    So it is where the source says so, and for every consent given again by the person's own link.
    """
    is_asked = given.kind == EventKind.GIVEN and given.needs_confirmation
    is_ours = given.source.confirmation_sent or given.way == Way.LINK
    return is_asked and is_ours and given.channel == Channel.EMAIL


def asked_about(contact_points: Iterable[int]) -> set[int]:
    """Keys of the consents of ``contact_points`` about which a letter has been ordered."""
    ordered = ConfirmationLetter.objects.filter(given__contact_point__in=contact_points)
    return set(ordered.values_list("given", flat=True))


def is_confirmed_by_letter(given: ConsentEvent) -> bool:
    """Whether the mailbox alone confirms ``given``: a letter asks or asked it.

    Whatever the source says since: who may edit it could else confirm in the person's place.
    """
    return asks(given) or ConfirmationLetter.objects.filter(given=given).exists()


def order(events: Iterable[ConsentEvent]) -> None:
    """Have a letter sent about each of ``events`` that needs one, once they are committed."""
    if asked := [event for event in events if asks(event)]:
        ConfirmationLetter.objects.bulk_create([ConfirmationLetter(given=event) for event in asked])
        order_sending()


def order_sending() -> None:
    """Have the worker send what waits, unless it is about to."""
    if not Job.objects.filter(kind=SEND, state=JobState.QUEUED).exists():
        enqueue(SEND, label=str(SEND_LABEL), owner=None)


# Sending -----------------------------------------------------------------------------------------


def can_be_sent() -> bool:
    return settings.DEBUG or settings.EMAIL_BACKEND != NO_SERVER


def is_sent_elsewhere(job: Job) -> bool:
    """Whether another worker is at it: two would send each letter twice."""
    sending = Job.objects.filter(kind=SEND, state=JobState.RUNNING)
    return sending.exclude(pk=job.pk).exists()


def send_waiting(beat: Callable[[int], None]) -> int:
    """Send what waits, a letter for each mailbox; returns how many left.

    Raises Failed where no mail server is named, OSError where it does not answer for now.
    """
    if not can_be_sent():
        raise Failed(_("No mail server is named. Set EMAIL_URL; the letters wait until then."))
    sent, seen = 0, set[int]()
    # What is ordered meanwhile is sent too: another job would find this one at work, and leave.
    while mailboxes := _by_mailbox(seen):
        for point, letters in mailboxes:
            seen.update(letter.pk for letter in letters)
            sent += _send(point, letters)
            beat(sent)
    return sent


def _by_mailbox(seen: set[int]) -> list[tuple[ContactPoint, list[ConfirmationLetter]]]:
    waiting = ConfirmationLetter.objects.waiting().select_related(
        "given__contact_point__controller", "given__purpose", "given__source"
    )
    unseen = (letter for letter in waiting if letter.pk not in seen)
    ordered = sorted(unseen, key=lambda letter: (letter.given.contact_point_id, letter.pk))
    grouped = groupby(ordered, key=lambda letter: letter.given.contact_point)
    return [(point, list(letters)) for point, letters in grouped]


def _send(point: ContactPoint, letters: list[ConfirmationLetter]) -> int:
    now = timezone.now()
    asked = [] if _is_closed(point, now) else [each for each in letters if _still_asks(each, now)]
    _mark([each for each in letters if each not in asked], state=LetterState.WITHHELD)
    if not asked or not _delivered(point, asked):
        return 0
    _mark(asked, state=LetterState.SENT, sent_at=now)
    return 1


def _mark(letters: list[ConfirmationLetter], **changes: Any) -> None:
    keys = [letter.pk for letter in letters]
    ConfirmationLetter.objects.waiting().filter(pk__in=keys).update(**changes)


def _is_closed(point: ContactPoint, now: datetime) -> bool:
    """Whether nobody is written to: retired, by the person's wish, or often enough today."""
    person = Q(contact_point=point) | Q(contact_point__subject=point.subject_id, channel=None)
    stops = Restriction.objects.standing(now).filter(FOR_EMAIL, person, kind__in=NOT_WRITTEN_TO)
    listed = Suppression.objects.standing(now).filter(
        FOR_EMAIL,
        controller=point.controller_id,
        hmac=point.hmac,
        scope=SuppressionScope.ALL,
    )
    often = ConfirmationLetter.objects.mails_of_last_day(point, now) >= LETTERS_A_DAY
    return bool(point.retired_at) or often or stops.exists() or listed.exists()


def _still_asks(letter: ConfirmationLetter, now: datetime) -> bool:
    """Not withdrawn meanwhile, nor older than its link would be."""
    consent = Consent.objects.filter(
        contact_point=letter.given.contact_point_id,
        purpose=letter.given.purpose_id,
        channel=letter.given.channel,
        state__in=(ConsentState.GIVEN, ConsentState.UNCONFIRMED),
    )
    return letter.holds_at(now) and consent.exists()


def _delivered(point: ContactPoint, letters: list[ConfirmationLetter]) -> bool:
    try:
        message(point, letters).send()
    except SMTPRecipientsRefused as refused:
        log.warning("The mail server refused the address of letter %s", letters[0].uuid)
        if not _is_for_now(refused):
            _mark(letters, state=LetterState.WITHHELD)
        return False
    return True


def _is_for_now(refused: SMTPRecipientsRefused) -> bool:
    """Whether the server wants to be asked again: full mailboxes, and whom it does not know yet."""
    return any(400 <= code < 500 for code, _said in refused.recipients.values())


def message(point: ContactPoint, letters: list[ConfirmationLetter]) -> EmailMessage:
    """The letter in Polish with English below: nobody knows yet which language they read."""
    context = {
        "controller": point.controller,
        "letters": letters,
        "url": confirmation_url(letters[0]),
    }
    parts = []
    for language in ("pl", "en"):
        with translation.override(language):
            parts.append(render_to_string("mail/confirmation.txt", context).strip())
    with translation.override("pl"):
        subject = _("Confirm your consent: %(who)s") % {"who": point.controller.name}
    return EmailMessage(
        subject,
        "\n\n\n---\n\n".join(parts) + "\n",
        from_email=formataddr((point.controller.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[point.value],
        headers={"Auto-Submitted": "auto-generated"},
    )


# Sweeping ----------------------------------------------------------------------------------------


@transaction.atomic
def sweep() -> None:
    """Erase letters that are long over, and order again what still waits."""
    ConfirmationLetter.objects.filter(ordered_at__lt=timezone.now() - KEPT).delete()
    if can_be_sent() and ConfirmationLetter.objects.waiting().exists():
        order_sending()
