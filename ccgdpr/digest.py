"""The daily letter to the DPO: how much is wrong, what ends, what waits; counts and links alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.models import User
from audit.choices import Severity
from audit.waiting import waiting_for
from ccgdpr.coming import coming_for
from ccgdpr.findings import Broken, broken_rules


@dataclass(frozen=True)
class Line:
    """What the letter says in one line, and where it leads."""

    count: int
    text: Any
    url: str


def recipients() -> QuerySet[User]:
    return User.objects.active().filter(role=Role.DPO).order_by("pk")


def send() -> int:
    """Write to every active DPO, each in their language; returns how many letters left."""
    return sum(sending())


def sending(after: int = 0) -> Iterator[int]:
    """Write to one active DPO after the other, past the first ``after``; how many letters left."""
    for user in recipients()[after:]:
        yield letter(user).send()


def letter(user: User) -> EmailMessage:
    """The letter to ``user``. It names rules and registers, and no person of any register."""
    with translation.override(user.language):
        broken = broken_rules(user)
        counts = {s: sum(each.count for each in broken if each.severity == s) for s in Severity}
        context = {
            "day": timezone.localdate(),
            "severities": [(s, counts[s], _of(broken, s)) for s in Severity if counts[s]],
            "coming": coming_for(user),
            "waiting": [Line(n, label, absolute(url)) for label, url, n in waiting_for(user)],
            "findings_url": absolute(reverse("admin:findings")),
            "coming_url": absolute(reverse("admin:coming")),
        }
        body = render_to_string("mail/findings.txt", context)
        return EmailMessage(_subject(counts), body, to=[user.email])


def _of(broken: list[Broken], severity: Severity) -> list[Line]:
    ours = [each for each in broken if each.severity == severity]
    return [Line(each.count, each.message, absolute(each.mend_url)) for each in ours]


def _subject(counts: dict[Severity, int]) -> str:
    told = [f"{severity.label} {n}" for severity, n in counts.items() if n]
    return _("Findings: %(counts)s") % {"counts": ", ".join(told) or _("none")}


def absolute(path: str) -> str:
    """``path`` as a link that works outside of the house (``SITE_URL``)."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"
