"""Double opt-in: a yes by a link asks the mailbox first, and counts once the mailbox says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consents import services
from consents.choices import ConsentState, EventKind, LetterState, Method, RestrictionKind
from consents.models import (
    ConfirmationLetter,
    Consent,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    SourceWording,
)
from consents.preferences.acts import STANDING, consents_of, form, held, objections
from processing.choices import Channel

# Asking again ----------------------------------------------------------------------------------


def offers(consents: Iterable[Consent], point: ContactPoint) -> dict[int, SourceWording]:
    """By the keys of ``consents``: the text that may be agreed to again, by e-mail alone.

    None while an objection stands: that ends by hand, and a consent beside it opens nothing.
    """
    if objections(point).filter(kind=RestrictionKind.OBJECTION).exists():
        return {}
    ended = [consent for consent in consents if _may_be_given(consent)]
    found = ((consent.pk, _shown_now(consent)) for consent in ended)
    return {key: shown for key, shown in found if shown}


def _may_be_given(consent: Consent) -> bool:
    if consent.channel != Channel.EMAIL or not consent.purpose.is_active:
        return False
    if consent.state == ConsentState.UNCONFIRMED:
        return not _is_asked(consent)
    if consent.state == ConsentState.GIVEN:
        return has_expired(consent)
    return consent.state in (ConsentState.WITHDRAWN, ConsentState.REFUSED)


def _is_asked(consent: Consent) -> bool:
    """Whether a letter about it waits to be sent, or to be answered."""
    letters = ConfirmationLetter.objects.filter(given=consent.event_id)
    under_way = letters.exclude(state=LetterState.WITHHELD).first()
    return under_way is not None and under_way.holds_at(timezone.now())


def has_expired(consent: Consent) -> bool:
    return consent.valid_until is not None and consent.valid_until <= timezone.now()


def _shown_now(consent: Consent) -> SourceWording | None:
    shown = SourceWording.objects.shown(
        consent.event.source, consent.purpose, consent.channel, timezone.now()
    )
    return shown.select_related("wording", "source").first()


def ask_again(point: ContactPoint, consent_uuid: Any, words: str) -> ConsentEvent | None:
    """Consent once more by e-mail: recorded as waiting, until the mailbox itself confirms it."""
    with held(point):
        consent = consents_of(point).filter(uuid=consent_uuid, channel=Channel.EMAIL).first()
        if consent is None:
            return None
        offer = offers([consent], point).get(consent.pk)
        if offer is None:
            return consent.event if consent.state in STANDING else None
        return services.give(
            consent.contact_point,
            consent.purpose,
            consent.channel,
            source=offer.source,
            wording=offer.wording,
            method=Method.LINK,
            evidence=form(words),
            needs_confirmation=True,
        )


# Confirming ------------------------------------------------------------------------------------


def confirm(letter: ConfirmationLetter, given_uuid: Any, words: str) -> ConsentEvent:
    """Confirm a consent that ``letter`` asked about.

    Raises ValidationError where the letter did not, or was withdrawn or is too old.
    """
    with held(letter.given.contact_point):
        asked = [each for each in asked_by(letter) if str(each.given.uuid) == given_uuid]
        if not asked:
            raise ValidationError(_("This letter did not ask about that."))
        return confirmation_of(asked[0].given) or _confirmed(asked[0], words)


def _confirmed(letter: ConfirmationLetter, words: str) -> ConsentEvent:
    if not (letter.state == LetterState.SENT and letter.holds_at(timezone.now())):
        raise ValidationError(_("This link has expired."))
    if is_over(letter.given):
        raise ValidationError(_("This consent was withdrawn meanwhile."))
    return services.confirm(letter.given, method=Method.LINK, evidence=form(words), by_letter=True)


def asked_by(letter: ConfirmationLetter) -> list[ConfirmationLetter]:
    """Everything that stood in one e-mail with ``letter``."""
    return list(
        ConfirmationLetter.objects.in_one_mail(letter).select_related(
            "given__contact_point", "given__purpose__activity", "given__source", "given__wording"
        )
    )


def confirmation_of(given: ConsentEvent) -> ConsentEvent | None:
    """The confirmation of the act that ``given`` tells, if there is one that stands."""
    acts = services.same_act(given).values("pk")
    told = ConsentEvent.objects.filter(kind=EventKind.CONFIRMED, about__in=acts)
    struck = ConsentEvent.objects.filter(kind=EventKind.INVALIDATED).values("about")
    return told.exclude(pk__in=struck.filter(about__in=told.values("pk"))).first()


def is_over(given: ConsentEvent) -> bool:
    """Whether a later no stands, so that confirming it would open nothing."""
    consent = Consent.objects.filter(
        contact_point=given.contact_point_id, purpose=given.purpose_id, channel=given.channel
    ).first()
    return consent is None or consent.state not in STANDING


@dataclass(frozen=True)
class Question:
    """One consent that a letter asked about, and how it stands now."""

    given: ConsentEvent
    wording: ConsentWording | None
    confirmed: ConsentEvent | None
    is_over: bool

    @property
    def waits(self) -> bool:
        """Whether its answer is still to come."""
        return self.confirmed is None and not self.is_over


def question(letter: ConfirmationLetter) -> Question:
    given = letter.given
    wording = given.wording or services.wording_shown(
        given.source, given.purpose, given.channel, given.occurred_at
    )
    return Question(given, wording, confirmation_of(given), is_over(given))
