"""Why a record was changed: a short pick-list and free text, kept as one line of history.

Kept as ``code: text``, so that it reads in the language of whoever looks at it.
"""

import re

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    CORRECTION = "correction", _("correction")
    LAW = "law", _("change of law")
    VENDOR = "vendor", _("change of vendor")
    REQUEST = "request", _("request of the person")
    REVIEW = "review", _("review")
    OTHER = "other", _("other")


def stored(cause: str, text: str) -> str:
    """The line that history keeps; empty where nothing was said."""
    text = " ".join(text.split())
    return f"{cause}: {text}".rstrip() if cause else text


# What the house itself gives as a reason.
OWN_WORDS = {"starter catalogue": _("starter catalogue")}
# Evidence is named whole in the row; who reads along needs no more than tells two apart.
EVIDENCE = re.compile(r"evidence ([0-9a-f]{8})[0-9a-f-]{28}, SHA-256 ([0-9a-f]{12})[0-9a-f]{52}")


def readable(reason: str | None) -> str:
    """A kept reason in the active language; reasons in free words as they are."""
    if reason in OWN_WORDS:
        return str(OWN_WORDS[reason])
    if named := EVIDENCE.fullmatch(reason or ""):
        return gettext("evidence %(uuid)s, SHA-256 %(digest)s…") % {
            "uuid": named[1],
            "digest": named[2],
        }
    cause, colon, text = (reason or "").partition(":")
    if not colon or cause not in Cause.values:
        return reason or ""
    text = text.strip()
    if cause == Cause.OTHER and text:
        return text
    return f"{Cause(cause).label}: {text}" if text else str(Cause(cause).label)


def matching(words: str) -> list[str]:
    """Causes whose label holds ``words`` in the active language, for a search by reason."""
    return [cause.value for cause in Cause if words.lower() in str(cause.label).lower()]
