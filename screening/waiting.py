"""What waits for the officer in this room."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.waiting import Waiting, register
from screening.models import Handover


def _questions(user: Any) -> QuerySet[Handover]:
    return Handover.objects.waiting()


def _url() -> str:
    return reverse("admin:screening_handover_changelist") + "?state=waiting"


register(
    Waiting(
        code="handovers",
        # Translators: "Pytania kierowników bez odpowiedzi"
        label=_("Supervisors' questions without an answer"),
        permission="screening.answer_handover",
        records=_questions,
        url=_url,
    )
)
