"""What stands in the way of contact in this room, as findings; verdict.md §2 closes on the same."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import rules
from audit.choices import Severity
from audit.rules import Rule
from consents.choices import (
    FROM_OTHERS,
    ConsentState,
    RestrictionKind,
    ReviewOutcome,
    SourceKind,
)
from consents.models import (
    NEVER,
    Acquisition,
    Consent,
    ConsentWording,
    ContactPoint,
    LeadSource,
    Restriction,
    SourceWording,
    Suppression,
    WordingReview,
    given_during,
)
from processing.choices import Basis, Channel, Nature, Regime
from processing.models import ChannelRule, Purpose

OK, PENDING = Value(ReviewOutcome.OK.value), Value(ReviewOutcome.PENDING.value)
GIVEN = Q(state__in=(ConsentState.GIVEN, ConsentState.UNCONFIRMED))


# Wordings ----------------------------------------------------------------------------------------


def in_use(wordings: QuerySet[ConsentWording]) -> QuerySet[ConsentWording]:
    """Shown by a source now, or given consents rest on them."""
    named = Consent.objects.given().filter(event__wording=OuterRef("pk"))
    until = Coalesce(OuterRef("shown_until"), Value(NEVER))
    then = Consent.objects.given().filter(
        given_during(OuterRef("source"), OuterRef("shown_from"), until),
        event__wording=None,
        purpose=OuterRef("wording__purpose"),
        channel=OuterRef("wording__channel"),
    )
    shown = SourceWording.objects.filter(Exists(then), wording=OuterRef("pk"))
    return wordings.with_use().filter(Q(shown_now=True) | Exists(named) | Exists(shown))


def _reviewed_as(wordings: QuerySet[ConsentWording], outcome: str) -> QuerySet[ConsentWording]:
    """In use, and ``outcome`` under a law that requires consent on their channel today.

    Where no law does, the GDPR is asked; a wording shown by an own source counts as ok under the
    law it was collected under until reviewed otherwise, and as pending under any other.
    """
    laws = ChannelRule.objects.in_force(timezone.localdate()).filter(
        channel=OuterRef("channel"), consent_required=True
    )
    under_law = laws.annotate(
        found=Coalesce(
            Subquery(_latest(OuterRef(OuterRef("pk")), OuterRef("regime"))),
            Case(
                When(Exists(_collected(OuterRef(OuterRef("pk")), OuterRef("regime"))), then=OK),
                default=PENDING,
            ),
        )
    )
    return (
        in_use(wordings)
        .annotate(
            under_gdpr=Coalesce(
                Subquery(_latest(OuterRef("pk"), Value(Regime.GDPR))),
                Case(When(Exists(_own(OuterRef("pk"))), then=OK), default=PENDING),
            )
        )
        .filter(Exists(under_law.filter(found=outcome)) | (~Exists(laws) & Q(under_gdpr=outcome)))
    )


def _latest(wording: Any, regime: Any) -> QuerySet:
    known = WordingReview.objects.known(timezone.now(), timezone.now())
    return known.filter(wording=wording, regime=regime).values("outcome")[:1]


def _own(wording: Any) -> QuerySet:
    """That one of our own sources showed it."""
    shown = SourceWording.objects.filter(wording=wording)
    return shown.exclude(source__kind__in=FROM_OTHERS)


def _collected(wording: Any, regime: Any) -> QuerySet:
    return _own(wording).filter(wording__regime=regime)


def _review(wording: ConsentWording) -> str:
    return reverse("admin:consents_consentwording_review", args=[wording.pk])


rules.register(
    Rule(
        code="wording_defective",
        severity=Severity.BLOCKING,
        # Translators: "art. 7 ust. 2 i 4 RODO, art. 400 PKE"
        article=_("Art. 7(2), 7(4) GDPR, Art. 400 PKE"),
        message=_("the wording is defective under the law in force, and consents rest on it"),
        model=ConsentWording,
        broken=lambda wordings: _reviewed_as(wordings, ReviewOutcome.DEFECTIVE),
        mend_label=_("New version"),
        mend_url=lambda wording: reverse("admin:consents_consentwording_copy", args=[wording.pk]),
    )
)
rules.register(
    Rule(
        code="wording_pending",
        severity=Severity.BLOCKING,
        article=_("rec. 171 GDPR, Art. 400 PKE"),
        message=_("the wording waits for a review under the law in force"),
        model=ConsentWording,
        broken=lambda wordings: _reviewed_as(wordings, ReviewOutcome.PENDING),
        # Translators: "Oceń treść"
        mend_label=_("Review"),
        mend_url=_review,
    )
)


def _without_wording(purposes: QuerySet[Purpose]) -> QuerySet[Purpose]:
    """Consents were given on a channel for which no text exists; one index look-up each."""
    missing = Q(pk__in=())
    for channel in Channel.values:
        given = Consent.objects.filter(GIVEN, purpose=OuterRef("pk"), channel=channel)
        text = ConsentWording.objects.filter(purpose=OuterRef("pk"), channel=channel)
        missing |= Exists(given) & ~Exists(text)
    return purposes.active().filter(missing)


rules.register(
    Rule(
        code="purpose_without_wording",
        severity=Severity.BLOCKING,
        article=_("Art. 7(1), 7(2) GDPR"),
        message=_("consents are recorded on a channel for which the register holds no wording"),
        model=Purpose,
        broken=_without_wording,
        standing=Q(nature=Nature.COMMERCIAL, basis=Basis.CONSENT),
        mend_label=_("Add a wording"),
        mend_url=lambda purpose: reverse("admin:consents_consentwording_add"),
    )
)


# Sources -----------------------------------------------------------------------------------------


def _page(source: LeadSource) -> str:
    return reverse("admin:consents_leadsource_change", args=[source.pk])


def _overdue(sources: QuerySet[LeadSource]) -> QuerySet[LeadSource]:
    late = Acquisition.objects.overdue(timezone.localdate()).filter(source=OuterRef("pk"))
    return sources.filter(Exists(late))


def _on_unknown_words(sources: QuerySet[LeadSource]) -> QuerySet[LeadSource]:
    consents = Consent.objects.without_wording().filter(event__source=OuterRef("pk"))
    return sources.filter(Exists(consents))


rules.register(
    Rule(
        code="art14_overdue",
        severity=Severity.BLOCKING,
        # Translators: "art. 14 ust. 3 lit. a RODO"
        article=_("Art. 14(3)(a) GDPR"),
        message=_("people from this source were not told within a month whose data are held"),
        model=LeadSource,
        broken=_overdue,
        # Translators: "Odnotuj poinformowanie"
        mend_label=_("Record informing"),
        mend_url=lambda source: reverse("admin:consents_leadsource_inform", args=[source.pk]),
    )
)
rules.register(
    Rule(
        code="source_unproven",
        severity=Severity.BLOCKING,
        article=_("Art. 7(1), 14 GDPR"),
        message=_("the database was bought without proof that people agreed to this controller"),
        model=LeadSource,
        broken=lambda sources: sources.filter(names_controller=False),
        standing=Q(kind=SourceKind.PURCHASED),
        mend_label=_("Add the proof"),
        mend_url=_page,
    )
)
rules.register(
    Rule(
        code="wording_unknown",
        severity=Severity.BLOCKING,
        article=_("Art. 7(1) GDPR"),
        message=_("consents came from here, and nobody recorded which wording people were shown"),
        model=LeadSource,
        broken=_on_unknown_words,
        # Translators: "Wskaż treść"
        mend_label=_("Say what it showed"),
        mend_url=_page,
    )
)


# A yes beside a standing no ----------------------------------------------------------------------


def _on_its_channel(consents: QuerySet[Consent]) -> Q:
    """That one of ``consents`` is on the channel of the stop, or the stop names none."""
    return Exists(consents.filter(channel=OuterRef("channel"))) | (
        Q(channel=None) & Exists(consents)
    )


def _consented_later(stops: QuerySet[Restriction]) -> QuerySet[Restriction]:
    later = Consent.objects.given().filter(
        contact_point=OuterRef("contact_point"), since__gt=OuterRef("effective_at")
    )
    return stops.standing().filter(_on_its_channel(later))


rules.register(
    Rule(
        code="consent_beside_do_not_contact",
        severity=Severity.IMPORTANT,
        article=_("Art. 7, 21 GDPR"),
        message=_(
            "the person consented later; until this is lifted by hand nobody may contact them"
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
    points = ContactPoint.objects.live().filter(
        hmac=OuterRef(OuterRef("hmac")), controller=OuterRef(OuterRef("controller"))
    )
    later = Consent.objects.given().filter(
        contact_point__in=points.values("pk"), since__gt=OuterRef("recorded_at")
    )
    return stops.standing().filter(_on_its_channel(later))


rules.register(
    Rule(
        code="consent_beside_suppression",
        severity=Severity.IMPORTANT,
        article=_("Art. 7, 21 GDPR"),
        message=_(
            "somebody with this number or address consented later; until the entry is taken off "
            "by hand nobody may contact them"
        ),
        model=Suppression,
        broken=_consented_though_suppressed,
        # Translators: "Usuń z listy"
        mend_label=_("Take off the list"),
        mend_url=lambda stop: reverse("admin:consents_suppression_lift", args=[stop.pk]),
    )
)
