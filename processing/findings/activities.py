"""What is wrong with the activities of the record (Art. 30), and with whom takes part."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from processing.models import (
    ActivityProcessor,
    ActivityTool,
    ProcessingActivity,
    Purpose,
    RetentionRule,
)

CLIENTS_PART_MISSING = Q(processing_pl="") | Q(processing_en="")


def _activity_page(activity: ProcessingActivity) -> str:
    return reverse("admin:processing_processingactivity_change", args=[activity.pk])


def _new_purpose(activity: ProcessingActivity) -> str:
    return f"{reverse('admin:processing_purpose_add')}?activity={activity.pk}"


def _new_retention_rule(activity: ProcessingActivity) -> str:
    return f"{reverse('admin:processing_retentionrule_add')}?activity={activity.pk}"


def _new_processor(activity: ProcessingActivity) -> str:
    return f"{reverse('admin:processing_activityprocessor_add')}?activity={activity.pk}"


def _new_agreement(activity: ProcessingActivity) -> str:
    add = reverse("admin:processors_processingagreement_add")
    return f"{add}?controller={activity.controller_id}"


def _without_purpose(activities: Any) -> QuerySet:
    return activities.carried_out().exclude(pk__in=Purpose.objects.active().values("activity"))


def _special_without_condition(activities: Any) -> QuerySet:
    """No purpose of theirs names a condition of Art. 9(2)."""
    named = Purpose.objects.active().exclude(special_condition="")
    return (
        activities.carried_out().filter(special_data=True).exclude(pk__in=named.values("activity"))
    )


def _without_retention(activities: Any) -> QuerySet:
    return activities.carried_out().exclude(
        pk__in=RetentionRule.objects.running().values("activity")
    )


def _with_uncovered_processor(activities: Any) -> QuerySet:
    uncovered = ActivityProcessor.objects.running().uncovered(timezone.localdate())
    return activities.carried_out().filter(pk__in=uncovered.values("activity"))


def _with_unnamed_vendor(activities: Any) -> QuerySet:
    """A vendor that needs an agreement processes here, and the record does not say so."""
    named = ActivityProcessor.objects.running().filter(
        activity=OuterRef("activity"), organisation=OuterRef("tool__vendor")
    )
    silent = ActivityTool.objects.running().filter(~Exists(named), tool__agreement_needed=True)
    return activities.carried_out().filter(pk__in=silent.values("activity"))


def _without_instruction(activities: Any) -> QuerySet:
    instructed = ProcessingActivity.objects.instructed(timezone.localdate())
    return activities.carried_out().exclude(pk__in=instructed)


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
        code="activity_without_retention",
        severity=Severity.IMPORTANT,
        article=_("Art. 5(1)(e), 30(1)(f) GDPR"),
        # Translators: "Czynność nie ma żadnej reguły przechowywania danych."
        message=_("The activity has no retention rule: nobody knows when its data go."),
        model=ProcessingActivity,
        broken=_without_retention,
        mend_label=_("Add a retention rule"),
        mend_url=_new_retention_rule,
    )
)
register(
    Rule(
        code="activity_processor_without_agreement",
        severity=Severity.BLOCKING,
        article=_("Art. 28(3) GDPR"),
        # Translators: "Podmiot przetwarzający działa bez obowiązującej umowy powierzenia."
        message=_("A processor takes part without an agreement in force."),
        model=ProcessingActivity,
        broken=_with_uncovered_processor,
        mend_label=_("Look at the processors"),
        mend_url=lambda activity: f"{_activity_page(activity)}#processors_used-group",
    )
)
register(
    Rule(
        code="activity_vendor_unnamed",
        severity=Severity.MINOR,
        article=_("Art. 30(1)(d) GDPR"),
        # Translators: "Dostawca narzędzia nie figuruje wśród podmiotów przetwarzających."
        message=_("The vendor of a tool is not named among the processors."),
        model=ProcessingActivity,
        broken=_with_unnamed_vendor,
        mend_label=_("Name the processor"),
        mend_url=_new_processor,
    )
)
register(
    Rule(
        code="activity_without_instruction",
        severity=Severity.BLOCKING,
        article=_("Art. 28(3)(a), 29 GDPR"),
        # Translators: "Działamy dla klienta bez obowiązującej umowy powierzenia z nim."
        message=_("Work for a client without an agreement with the client in force."),
        model=ProcessingActivity,
        broken=_without_instruction,
        mend_label=_("Record the agreement"),
        mend_url=_new_agreement,
    )
)
