"""A client's question: about a purpose that it was granted, on a channel with a law of its own."""

from datetime import datetime

from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.models import ApiClient
from processing.api.purposes import granted_purpose
from screening.question import Question, Unanswerable, ask


def question(
    client: ApiClient,
    *,
    purpose: str,
    channel: str,
    tool: str = "",
    at: datetime | None = None,
) -> Question:
    """The question with the law of the instant ``at``, now by default.

    Raises NotFound for a purpose that the client may not use, whether or not there is one, and
    ValidationError, naming the nearest, where there can be no verdict.
    """
    granted = granted_purpose(client, purpose)
    try:
        return ask(granted, channel, at=at, tool=tool or None)
    except Unanswerable as gap:
        raise ValidationError({gap.about: [ErrorDetail(str(gap), "unanswerable")]}) from gap
