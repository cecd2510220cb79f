"""Texts on which nobody's consent can rest, and purposes without one."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import rules
from audit.choices import Severity
from audit.rules import Rule
from audit.sql import Probed
from consents.choices import FROM_OTHERS, ConsentState, ReviewOutcome
from consents.models import (
    NEVER,
    Consent,
    ConsentWording,
    SourceWording,
    WordingReview,
    given_during,
)
from processing.choices import Basis, Channel, Nature, Regime
from processing.models import ChannelRule, Purpose

OK, PENDING = Value(ReviewOutcome.OK.value), Value(ReviewOutcome.PENDING.value)
GIVEN = Q(state__in=(ConsentState.GIVEN, ConsentState.UNCONFIRMED))


def _rested_on() -> Q:
    """That given consents rest on the wording: named by them, or shown where and when they came."""
    named = Consent.objects.given().filter(event__wording=OuterRef("pk"))
    until = Coalesce(OuterRef("shown_until"), Value(NEVER))
    then = Consent.objects.given().filter(
        given_during(OuterRef("source"), OuterRef("shown_from"), until),
        event__wording=None,
        event__purpose=OuterRef("wording__purpose"),
        event__channel=OuterRef("wording__channel"),
    )
    shown = SourceWording.objects.filter(Probed(then, "event__occurred_at"), wording=OuterRef("pk"))
    return Q(Probed(named)) | Exists(shown)


def in_use(wordings: QuerySet[ConsentWording]) -> QuerySet[ConsentWording]:
    """Shown by a source now, or given consents rest on them."""
    return wordings.with_use().filter(Q(shown_now=True) | _rested_on())


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
        message=_("The wording is defective under the law in force, and consents rest on it."),
        model=ConsentWording,
        broken=lambda wordings: _reviewed_as(wordings, ReviewOutcome.DEFECTIVE),
        mend_label=_("New version"),
        mend_url=lambda wording: _copy(wording),
    )
)
rules.register(
    Rule(
        code="wording_pending",
        severity=Severity.BLOCKING,
        article=_("rec. 171 GDPR, Art. 400 PKE"),
        message=_("The wording waits for a review under the law in force."),
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
        missing |= Q(Probed(given, "state")) & ~Exists(text)
    return purposes.active().filter(missing)


rules.register(
    Rule(
        code="purpose_without_wording",
        severity=Severity.BLOCKING,
        article=_("Art. 7(1), 7(2) GDPR"),
        message=_("Consents are recorded on a channel for which the register holds no wording."),
        model=Purpose,
        broken=_without_wording,
        standing=Q(nature=Nature.COMMERCIAL, basis=Basis.CONSENT),
        mend_label=_("Add a wording"),
        mend_url=lambda purpose: reverse("admin:consents_consentwording_add"),
    )
)


def _copy(wording: ConsentWording) -> str:
    return reverse("admin:consents_consentwording_copy", args=[wording.pk])


def _bundled(wordings: QuerySet[ConsentWording]) -> QuerySet[ConsentWording]:
    """Shown now; or consents rest on it and nobody has said what they are worth."""
    unreviewed = ~Exists(WordingReview.objects.filter(wording=OuterRef("pk")))
    return wordings.with_use().filter(
        Q(shown_now=True) | (Q(unreviewed) & _rested_on()), bundled=True
    )


def _retired(wordings: QuerySet[ConsentWording]) -> QuerySet[ConsentWording]:
    """No source shows it any more, consents rest on it, and nobody looked at it since."""
    last = SourceWording.objects.filter(wording=OuterRef("wording"))
    looked_at = WordingReview.objects.filter(
        wording=OuterRef("pk"),
        recorded_at__gte=Subquery(last.order_by("-shown_until").values("shown_until")[:1]),
    )
    shown_before = SourceWording.objects.filter(
        wording=OuterRef("pk"), shown_until__lte=timezone.now()
    )
    return wordings.with_use().filter(
        _rested_on(), Exists(shown_before), ~Exists(looked_at), shown_now=False
    )


rules.register(
    Rule(
        code="wording_bundled",
        severity=Severity.IMPORTANT,
        # Translators: "art. 7 ust. 2 i motyw 43 RODO"
        article=_("Art. 7(2), rec. 43 GDPR"),
        # Translators: "jedna klauzula obejmuje kilka kanałów: nie można wybrać jednego z nich"
        message=_("One clause covers several channels: nobody can choose one of them."),
        model=ConsentWording,
        broken=_bundled,
        mend_label=_("New version"),
        mend_url=_copy,
    )
)
rules.register(
    Rule(
        code="wording_retired",
        severity=Severity.MINOR,
        article=_("Art. 7(1) GDPR"),
        # Translators: "zgody opierają się na treści, której nikt już nie pokazuje …"
        message=_(
            "Consents rest on a wording that no source shows any more, and nobody has reviewed it "
            "since."
        ),
        model=ConsentWording,
        broken=_retired,
        mend_label=_("Review"),
        mend_url=_review,
    )
)
