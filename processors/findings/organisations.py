"""What is wrong in the register of organisations."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from processors.models import Organisation


def _page(organisation: Organisation) -> str:
    return reverse("admin:processors_organisation_change", args=[organisation.pk])


register(
    Rule(
        code="organisation_review_due",
        severity=Severity.IMPORTANT,
        article=_("Art. 28(1) GDPR"),
        # Translators: "Minął termin ponownej weryfikacji gwarancji."
        message=_("The guarantees were due to be verified again."),
        model=Organisation,
        broken=lambda organisations: organisations.waiting_for_review(timezone.localdate()),
        mend_label=_("Verify"),
        mend_url=_page,
    )
)
