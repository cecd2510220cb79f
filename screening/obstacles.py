"""On a consent's page: what the verdict finds in the way of contact, all reasons at once."""

from collections.abc import Iterator
from datetime import datetime

from audit.choices import Severity
from consents.models import Consent
from consents.panels import Obstacle
from screening.question import Unanswerable, ask
from screening.reasons import REASON
from screening.verdict import judge_one


def obstacles(consent: Consent, moment: datetime) -> Iterator[Obstacle]:
    """The reasons against contacting the person of ``consent`` at ``moment``."""
    point = consent.contact_point
    if point.retired_at and point.retired_at <= moment:
        return
    try:
        question = ask(consent.purpose, consent.channel, at=moment)
    except Unanswerable as gap:
        yield Obstacle(Severity.BLOCKING, str(gap))
        return
    for code in judge_one(question, point.value).reasons:
        reason = REASON[code]
        yield Obstacle(Severity.BLOCKING, reason.sentence, reason.label, reason.law)
