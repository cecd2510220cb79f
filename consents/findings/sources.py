"""Sources whose people were not told, whose proof is missing, or whose texts nobody knows."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import rules
from audit.choices import Severity
from audit.rules import Rule
from audit.sql import Probed
from consents import letters
from consents.choices import Method, SourceKind
from consents.findings.wordings import GIVEN
from consents.models import (
    NEVER,
    Acquisition,
    Consent,
    ConsentEvent,
    Evidence,
    LeadSource,
    SourceWording,
)
from processing.choices import Channel
from processing.models import Purpose

BY_VOICE = (Method.CALL, Method.IVR)
AHEAD = 60  # days
WHEN = "event__occurred_at"


def _page(source: LeadSource) -> str:
    return reverse("admin:consents_leadsource_change", args=[source.pk])


def _overdue(sources: QuerySet[LeadSource]) -> QuerySet[LeadSource]:
    late = Acquisition.objects.overdue(timezone.localdate()).filter(source=OuterRef("pk"))
    return sources.filter(Exists(late))


def _on_unknown_words(sources: QuerySet[LeadSource]) -> QuerySet[LeadSource]:
    """Consents of theirs were given while they showed nothing for that purpose and channel.

    Looked up gap by gap, never consent by consent: after a text went, before the first one came,
    and where there never was one.
    """
    return sources.filter(
        Exists(_gap_after(OuterRef("pk"))) | Exists(_gap_before(OuterRef("pk"))) | _never_shown()
    )


def _unknown(source: Any, purpose: Any, channel: Any) -> QuerySet[Consent]:
    """Consents given or awaiting confirmation that name no text."""
    return Consent.objects.filter(
        GIVEN,
        event__source=source,
        event__purpose=purpose,
        event__channel=channel,
        event__wording=None,
    )


def _beside() -> QuerySet[SourceWording]:
    """What the source of the outer row shows or showed for the same purpose and channel."""
    return SourceWording.objects.filter(
        source=OuterRef("source"),
        wording__purpose=OuterRef("wording__purpose"),
        wording__channel=OuterRef("wording__channel"),
    )


def _of_row() -> QuerySet[Consent]:
    return _unknown(OuterRef("source"), OuterRef("wording__purpose"), OuterRef("wording__channel"))


def _gap_after(source: Any) -> QuerySet[SourceWording]:
    """Texts that went before another one came, with consents given meanwhile."""
    next_one = _beside().filter(shown_from__gte=OuterRef("shown_until")).order_by("shown_from")
    covered = _beside().filter(
        Q(shown_until=None) | Q(shown_until__gt=OuterRef("shown_until")),
        shown_from__lte=OuterRef("shown_until"),
    )
    gone = SourceWording.objects.filter(source=source, shown_until__isnull=False)
    within = _of_row().filter(
        event__occurred_at__gte=OuterRef("shown_until"),
        event__occurred_at__lt=OuterRef("next_from"),
    )
    next_from = Coalesce(Subquery(next_one.values("shown_from")[:1]), Value(NEVER))
    return gone.annotate(next_from=next_from).filter(~Exists(covered), Probed(within, WHEN))


def _gap_before(source: Any) -> QuerySet[SourceWording]:
    """First texts of a purpose and channel, with consents given before them."""
    earlier = _beside().filter(shown_from__lt=OuterRef("shown_from"))
    before = _of_row().filter(event__occurred_at__lt=OuterRef("shown_from"))
    return SourceWording.objects.filter(~Exists(earlier), Probed(before, WHEN), source=source)


def _never_shown() -> Q:
    source, missing = OuterRef(OuterRef("pk")), Q(pk__in=())
    for channel in Channel.values:
        consents = _unknown(source, OuterRef("pk"), channel)
        text = SourceWording.objects.filter(
            source=source, wording__purpose=OuterRef("pk"), wording__channel=channel
        )
        missing |= Q(Probed(consents, WHEN)) & ~Exists(text)
    return Q(Exists(Purpose.objects.filter(missing)))


def _proof_ending(sources: QuerySet[LeadSource]) -> QuerySet[LeadSource]:
    """Evidence of consents given by voice is erased within 60 days, and they last longer."""
    soon = timezone.localdate() + timedelta(days=AHEAD)
    ending = Evidence.objects.filter(expires_on__lte=soon)
    spoken = ConsentEvent.objects.filter(method__in=BY_VOICE, evidence_id__in=ending.values("pk"))
    its_own = Evidence.objects.filter(pk=OuterRef("event__evidence_id")).values("expires_on")
    outlasting = Consent.objects.given().filter(
        Q(valid_until=None) | Q(valid_until__date__gt=Subquery(its_own)),
        event__in=spoken.values("pk"),
    )
    # The first condition is asked once, and mostly spares the rest.
    return sources.filter(Exists(ending), pk__in=outlasting.values("event__source"))


rules.register(
    Rule(
        code="art14_overdue",
        severity=Severity.BLOCKING,
        # Translators: "art. 14 ust. 3 lit. a RODO"
        article=_("Art. 14(3)(a) GDPR"),
        message=_(
            "People from this source were not informed within a month that their data are held."
        ),
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
        message=_("The database was bought without proof that people agreed to this controller."),
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
        message=_("Consents came from here, and nobody recorded which wording people were shown."),
        model=LeadSource,
        broken=_on_unknown_words,
        # Translators: "Wskaż treść"
        mend_label=_("Say what it showed"),
        mend_url=_page,
    )
)
rules.register(
    Rule(
        code="voice_proof_ending",
        severity=Severity.IMPORTANT,
        article=_("Art. 7(1) GDPR"),
        # Translators: "dowody zgód udzielonych głosem zostaną usunięte w ciągu 60 dni …"
        message=_(
            "Evidence of consents given by voice is erased within 60 days, and they last longer."
        ),
        model=LeadSource,
        broken=_proof_ending,
        mend_label=_("Open"),
        mend_url=_page,
    )
)
rules.register(
    Rule(
        code="letters_not_sent",
        severity=Severity.IMPORTANT,
        article=_("Art. 7(1) GDPR"),
        # Translators: "wiadomości z prośbą o potwierdzenie nie wychodzą: …"
        message=_("Letters that ask for confirmation do not leave: no mail server is named."),
        model=LeadSource,
        broken=lambda sources: sources if not letters.can_be_sent() else sources.none(),
        standing=Q(confirmation_sent=True),
        mend_label=_("Open"),
        mend_url=_page,
    )
)
