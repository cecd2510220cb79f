"""Whether contact rests on a consent: where it needs none, whoever withdraws it objects (Art. 21).

A withdrawal alone would end nothing there: the verdict asks for no consent.
"""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from consents.choices import RestrictionKind, SubjectKind
from consents.models import ContactPoint, Evidence, Restriction
from consents.services import restrict
from processing.choices import Basis, Protects
from processing.models import ChannelRule, Purpose


def needs_consent(point: ContactPoint, purpose: Purpose, channel: str) -> bool:
    """By Art. 6(1)(a), or by a rule of the channel that protects this person (verdict.md §2)."""
    return consent_needed(purpose, channel, natural=is_natural(point))


def is_natural(point: ContactPoint) -> bool:
    return point.subject.kind != SubjectKind.COMPANY


def consent_needed(purpose: Purpose, channel: str, *, natural: bool) -> bool:
    """Of natural persons, or of companies, today."""
    if natural and purpose.basis == Basis.CONSENT:
        return True
    rules = ChannelRule.objects.in_force(timezone.localdate()).filter(
        channel=channel, consent_required=True
    )
    if not natural:
        rules = rules.filter(protects=Protects.EVERYBODY)
    return purpose.is_commercial and rules.exists()


class Needed:
    """``consent_needed`` for many acts: of each purpose and channel it is asked once."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str, bool], bool] = {}

    def of(self, purpose: Purpose, channel: str, *, natural: bool) -> bool:
        place = (purpose.pk, channel, natural)
        if place not in self._found:
            self._found[place] = consent_needed(purpose, channel, natural=natural)
        return self._found[place]


def object_instead(
    point: ContactPoint,
    purpose: Purpose,
    channel: str,
    words: Evidence | str,
    *,
    at: datetime | None = None,
) -> Restriction:
    """Object to the purpose on the channel, from the instant ``at`` on or from now.

    So meant who withdrew what needs no consent; said again, the objection that stands is it.
    """
    theirs = Q(contact_point__subject=point.subject_id, channel=None) | Q(contact_point=point)
    stands = Restriction.objects.standing(at).filter(
        theirs,
        Q(channel=None) | Q(channel=channel),
        kind=RestrictionKind.OBJECTION_PURPOSE,
        purpose=purpose,
    )
    return stands.order_by("effective_at", "pk").first() or restrict(
        point,
        RestrictionKind.OBJECTION_PURPOSE,
        words=words,
        purpose=purpose,
        channel=channel,
        effective_at=at,
    )
