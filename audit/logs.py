"""Keeps personal data and what opens doors out of logs and error reports (security.md 11, 36)."""

import logging
import re
import traceback
from collections.abc import Iterator

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

PERSONAL = re.compile(
    r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    # A phone number in any grouping; an ISO date begins none.
    r"|(?:\+|%2B|\(|(?<!\d))(?!\d{4}-\d\d-\d\d)\d(?:[\s().-]{0,2}\d){8,14}",
)
# Whoever holds such an address acts in a person's name: the part that opens it is a secret.
OPENING = re.compile(r"(/z/(?:c/)?)(?!c/)[^/\s?#\"']+")
REDACTED = "[…]"


def redact(text: str) -> str:
    return PERSONAL.sub(REDACTED, OPENING.sub(rf"\1{REDACTED}", text))


class PersonalDataFilter(logging.Filter):
    """Drops query strings and whatever looks like a phone number or an address from every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(re.sub(r"\?\S+", "?" + REDACTED, record.getMessage()))
        record.args = ()
        if record.exc_info and record.exc_info[1]:
            record.exc_text = "\n".join(_places(record.exc_info[1]))
            record.exc_info = None
        return True


def _places(error: BaseException) -> Iterator[str]:
    """Type and place of an exception and of what caused it, without the messages.

    A database repeats the whole row that it refused, names included.
    """
    if cause := error.__cause__ or error.__context__:
        yield from _places(cause)
    yield "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__


class ReporterFilter(SafeExceptionReporterFilter):
    """Error reports without request data and without the values of local variables."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return {}

    def get_traceback_frame_variables(self, request, tb_frame):  # type: ignore[no-untyped-def]
        return []
