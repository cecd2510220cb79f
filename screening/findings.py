"""What waits for the officer in this room, as a finding like any other."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import rules
from audit.choices import Severity
from audit.rules import Rule
from screening.models import Handover


def _answer_url(handover: Any) -> str:
    return reverse("admin:screening_handover_answer", args=[handover.pk])


rules.register(
    Rule(
        code="handover_waiting",
        severity=Severity.IMPORTANT,
        # Translators: art. 39 ust. 1 lit. a RODO
        article=_("Art. 39(1)(a) GDPR"),
        # Translators: kierownik czeka na odpowiedź IOD
        message=_("a supervisor waits for the answer of the data protection officer"),
        model=Handover,
        broken=lambda handovers: handovers.waiting(),
        # Translators: "Odpowiedz"
        mend_label=pgettext_lazy("verb", "Answer"),
        mend_url=_answer_url,
    )
)
