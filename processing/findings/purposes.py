"""What is wrong with the purposes."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from processing.choices import Basis
from processing.models import Purpose


def _purpose_page(purpose: Purpose) -> str:
    return reverse("admin:processing_purpose_change", args=[purpose.pk])


def _special_purpose_without_condition(purposes: Any) -> QuerySet:
    """On consent or interest, beside one that names it: another rule asks for the first."""
    beside = Purpose.objects.active().filter(activity=OuterRef("activity"))
    return purposes.active().filter(
        Exists(beside.exclude(special_condition="")),
        activity__special_data=True,
        basis__in=(Basis.CONSENT, Basis.LEGITIMATE_INTEREST),
        special_condition="",
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
register(
    Rule(
        code="purpose_special_condition_missing",
        severity=Severity.MINOR,
        article=_("Art. 9(2) GDPR"),
        # Translators: "Czynność obejmuje szczególne kategorie danych, a cel nie wskazuje warunku."
        message=_(
            "The activity has special categories of data, and this purpose names no condition."
        ),
        model=Purpose,
        broken=_special_purpose_without_condition,
        mend_label=_("Name the condition"),
        mend_url=_purpose_page,
    )
)
