"""The question that a verdict answers, and what closes a purpose for everybody (verdict.md §2)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from processing.choices import KIND_OF_CHANNEL, Basis, Channel, Protects, Regime
from processing.models import ChannelRule, Purpose

# Channels on which the hours of a centre matter: those that ring.
RINGING = (Channel.VOICE, Channel.AUTOMATED_CALL, Channel.SMS)


class Unanswerable(ValueError):
    """A question without a verdict: an unknown name, or a channel that no law is recorded for."""


@dataclass(frozen=True)
class Question:
    """May people be contacted for ``purpose`` on ``channel`` at ``at``, as known then?"""

    purpose: Purpose
    channel: str
    at: datetime
    known_at: datetime
    rules: tuple[ChannelRule, ...] = field(repr=False)

    @property
    def day(self) -> date:
        return local_day(self.at)

    @property
    def contact_kind(self) -> str:
        return KIND_OF_CHANNEL[self.channel]

    @property
    def controller_id(self) -> int:
        return self.purpose.activity.controller_id

    @property
    def is_commercial(self) -> bool:
        return self.purpose.is_commercial

    def requiring(self, *, natural: bool) -> tuple[ChannelRule, ...]:
        """The rules that ask for consent of a natural person, or of a company."""
        if not self.is_commercial:
            return ()
        return tuple(
            rule
            for rule in self.rules
            if rule.consent_required and (natural or rule.protects == Protects.EVERYBODY)
        )

    def needs_consent(self, *, natural: bool) -> bool:
        """By the channel's rule, or by Art. 6(1)(a): no matter of companies without people."""
        by_basis = natural and self.purpose.basis == Basis.CONSENT
        return by_basis or bool(self.requiring(natural=natural))

    def regimes(self, *, natural: bool) -> tuple[str, ...]:
        """Under which a wording must be without objections: the GDPR if no rule requires it."""
        required = {rule.regime for rule in self.requiring(natural=natural)}
        return tuple(sorted(required)) or (Regime.GDPR,)

    def reasons(self) -> tuple[str, ...]:
        """Codes that close the purpose for everybody, in order."""
        return tuple(code for code, closes in GATES if closes(self))

    def obligations(self) -> tuple[str, ...]:
        """Codes that come with every allow, in order; the Art. 14 notice depends on the contact."""
        return tuple(code for code, applies in DUTIES if applies(self))


def ask(
    purpose: Purpose | str,
    channel: str,
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> Question:
    """The question, with the law of its moment; moments are aware, by default now.

    Raises Unanswerable, naming the nearest, where the purpose or channel is unknown, and naming the
    gap where no channel rule is in force.
    """
    at, known_at = at or timezone.now(), known_at or timezone.now()
    if isinstance(purpose, str):
        purpose = _purpose(purpose)
    if channel not in Channel.values:
        raise Unanswerable(
            _("There is no channel “{key}”.").format(key=channel)
            + _nearest(channel, Channel.values)
        )
    rules = tuple(ChannelRule.objects.in_force(local_day(at)).filter(channel=channel))
    if not rules:
        raise Unanswerable(
            _("No channel rule is in force for {channel} on {day}. Add it to the register.").format(
                channel=channel, day=local_day(at).isoformat()
            )
        )
    return Question(purpose, channel, at, known_at, rules)


def _purpose(key: str) -> Purpose:
    found = Purpose.objects.select_related("activity__controller").filter(slug=key).first()
    if found:
        return found
    known = Purpose.objects.order_by("slug").values_list("slug", flat=True)
    raise Unanswerable(_("There is no purpose “{key}”.").format(key=key) + _nearest(key, known))


def _nearest(key: str, known: Iterable[str]) -> str:
    known = list(known)
    nearest = get_close_matches(key, known, n=3, cutoff=0.5) or sorted(known)[:10]
    return " " + _("Nearest: {keys}.").format(keys=", ".join(nearest)) if nearest else ""


def local_day(moment: datetime) -> date:
    """The calendar day of ``moment`` in the house's own time zone."""
    return timezone.localdate(moment, timezone.get_default_timezone())


# What closes a purpose for everybody, in the order of REASONS: a later room adds its gate here.


def is_inactive(question: Question) -> bool:
    purpose, at = question.purpose, question.at
    return at < purpose.active_from or (
        purpose.active_until is not None and at >= purpose.active_until
    )


def asks_where_consent_is_required(question: Question) -> bool:
    return question.purpose.asks_for_consent and any(r.consent_required for r in question.rules)


Gate = Callable[[Question], bool]
GATES: tuple[tuple[str, Gate], ...] = (
    ("purpose_inactive", is_inactive),
    ("consent_request_blocked", asks_where_consent_is_required),
)


# What comes with every allow.


def rests_on_legitimate_interest(question: Question) -> bool:
    return question.purpose.basis == Basis.LEGITIMATE_INTEREST


def is_commercial_email(question: Question) -> bool:
    return question.is_commercial and question.channel == Channel.EMAIL


def has_hours(question: Question) -> bool:
    return bool(settings.CONTACT_HOURS) and question.channel in RINGING


DUTIES: tuple[tuple[str, Gate], ...] = (
    ("tell_right_to_object", rests_on_legitimate_interest),
    ("mark_commercial", is_commercial_email),
    ("honour_hours", has_hours),
)
