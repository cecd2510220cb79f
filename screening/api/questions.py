"""A client's question: about a purpose that it was granted, on a channel with a law of its own."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError

from accounts.models import ApiClient
from screening.question import Question, Unanswerable, question_of, tool_named
from screening.registers import Registers, local_day
from screening.rows import told, told_lately


def question(
    client: ApiClient,
    *,
    purpose: str,
    channel: str,
    tool: str = "",
    at: datetime | None = None,
) -> Question:
    """The question with the law of the instant ``at``, now by default: all of it by one statement.

    Raises NotFound for a purpose that the client may not use, whether or not there is one, and
    ValidationError where there can be no verdict.
    """
    now = timezone.now()
    if at is None:
        at = now
        found = told_lately(client.pk, purpose, now=now, day=local_day(now), tool=tool)
    else:
        found = told(client.pk, purpose, at=at, known_at=now, day=local_day(at), tool=tool)
    if found is None:
        raise NotFound
    registers = Registers(at, now, (found.purpose,), found)
    try:
        named = found.tool or (tool_named(tool) if tool else None)
        return question_of(found.purpose, channel, registers, named)
    except Unanswerable as gap:
        # Which tools the house has is nobody's business who does not know the name.
        said = _("There is no such tool.") if gap.about == "tool" else str(gap)
        raise ValidationError({gap.about: [ErrorDetail(said, "unanswerable")]}) from gap
