"""A yes beside a standing no: nobody may contact these people until somebody looks at it."""

from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit import rules
from audit.choices import Severity
from audit.rules import Rule
from audit.sql import Probed
from consents.choices import RestrictionKind
from consents.models import Consent, Restriction, Suppression


def _on_its_channel() -> Q:
    """A consent on the channel of the stop, or on any where the stop names none."""
    return Q(channel=Coalesce(OuterRef("channel"), F("channel")))


def _consented_later(stops: QuerySet[Restriction]) -> QuerySet[Restriction]:
    later = Consent.objects.given().filter(
        _on_its_channel(),
        contact_point=OuterRef("contact_point"),
        since__gt=OuterRef("effective_at"),
    )
    return stops.standing().filter(Probed(later))


rules.register(
    Rule(
        code="consent_beside_do_not_contact",
        severity=Severity.IMPORTANT,
        article=_("Art. 7, 21 GDPR"),
        message=_(
            "The person consented later; until this is lifted by hand nobody may contact them."
        ),
        model=Restriction,
        broken=_consented_later,
        standing=Q(kind=RestrictionKind.DO_NOT_CONTACT),
        # Translators: "Uchyl"
        mend_label=_("Lift"),
        mend_url=lambda stop: reverse("admin:consents_restriction_lift", args=[stop.pk]),
    )
)


def _consented_though_suppressed(stops: QuerySet[Suppression]) -> QuerySet[Suppression]:
    """One look-up by digest for each entry: most of a bought list are strangers."""
    later = Consent.objects.given().filter(
        _on_its_channel(),
        contact_point__hmac=OuterRef("hmac"),
        contact_point__controller=OuterRef("controller"),
        contact_point__retired_at=None,
        since__gt=OuterRef("recorded_at"),
    )
    return stops.standing().filter(Probed(later))


rules.register(
    Rule(
        code="consent_beside_suppression",
        severity=Severity.IMPORTANT,
        article=_("Art. 7, 21 GDPR"),
        message=_(
            "Somebody with this number or address consented later; until the entry is taken off "
            "by hand nobody may contact them."
        ),
        model=Suppression,
        broken=_consented_though_suppressed,
        # Translators: "Usuń z listy"
        mend_label=_("Take off the list"),
        mend_url=lambda stop: reverse("admin:consents_suppression_lift", args=[stop.pk]),
    )
)
