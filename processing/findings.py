"""What is wrong in the record of processing activities."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from processing.models import ProcessingActivity, Purpose

CLIENTS_PART_MISSING = Q(processing_pl="") | Q(processing_en="")


def _activity_page(activity: ProcessingActivity) -> str:
    return reverse("admin:processing_processingactivity_change", args=[activity.pk])


def _purpose_page(purpose: Purpose) -> str:
    return reverse("admin:processing_purpose_change", args=[purpose.pk])


def _new_purpose(activity: ProcessingActivity) -> str:
    return f"{reverse('admin:processing_purpose_add')}?activity={activity.pk}"


def _without_purpose(activities: Any) -> QuerySet:
    return activities.carried_out().exclude(pk__in=Purpose.objects.active().values("activity"))


def _special_without_condition(activities: Any) -> QuerySet:
    """No purpose of theirs names a condition of Art. 9(2)."""
    named = Purpose.objects.active().exclude(special_condition="")
    return (
        activities.carried_out().filter(special_data=True).exclude(pk__in=named.values("activity"))
    )


register(
    Rule(
        code="activity_without_purpose",
        severity=Severity.IMPORTANT,
        article=_("Art. 30(1)(b) GDPR"),
        # Translators: "Czynność nie ma żadnego celu."
        message=_("The activity is carried out without a purpose."),
        model=ProcessingActivity,
        broken=_without_purpose,
        mend_label=_("Add purpose"),
        mend_url=_new_purpose,
    )
)
register(
    Rule(
        code="activity_special_data_without_condition",
        severity=Severity.IMPORTANT,
        article=_("Art. 9(2) GDPR"),
        # Translators: "Szczególne kategorie danych, a żaden cel nie ma warunku z art. 9 ust. 2."
        message=_("Special categories of data, but no purpose names a condition of Art. 9(2)."),
        model=ProcessingActivity,
        broken=_special_without_condition,
        mend_label=_("Open the activity"),
        mend_url=_activity_page,
    )
)
register(
    Rule(
        code="activity_dpia_missing",
        severity=Severity.IMPORTANT,
        article=_("Art. 35 GDPR"),
        # Translators: "Ocena skutków (DPIA) jest potrzebna, a nie wskazano, gdzie się znajduje."
        message=_("An impact assessment is needed, and nobody says where it is kept."),
        model=ProcessingActivity,
        broken=lambda activities: activities.carried_out().filter(
            dpia_needed=True, dpia_location=""
        ),
        mend_label=_("Say where"),
        mend_url=_activity_page,
    )
)
register(
    Rule(
        code="activity_for_client_undescribed",
        severity=Severity.MINOR,
        article=_("Art. 30(2)(b) GDPR"),
        # Translators: "Nie opisano, co robimy dla klienta."
        message=_("What is processed for the client is not described in both languages."),
        model=ProcessingActivity,
        broken=lambda activities: (
            activities.carried_out().for_clients().filter(CLIENTS_PART_MISSING)
        ),
        mend_label=_("Describe"),
        mend_url=_activity_page,
    )
)
register(
    Rule(
        code="purpose_outlives_activity",
        severity=Severity.IMPORTANT,
        article=_("Art. 5(1)(b) GDPR"),
        # Translators: "Cel jest czynny, choć jego czynność się zakończyła."
        message=_("The purpose is active, although its activity has ended."),
        model=Purpose,
        broken=lambda purposes: purposes.active().filter(
            activity__active_until__lte=timezone.now()
        ),
        mend_label=_("End the purpose"),
        mend_url=_purpose_page,
    )
)
