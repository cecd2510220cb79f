"""Keeps personal data out of logs and error reports (security.md 36)."""

import logging
import re

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

PERSONAL = re.compile(
    r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    # A phone number in any grouping; an ISO date begins none.
    r"|(?:\+|%2B|\(|(?<!\d))(?!\d{4}-\d\d-\d\d)\d(?:[\s().-]{0,2}\d){8,14}",
)
REDACTED = "[…]"


def redact(text: str) -> str:
    return PERSONAL.sub(REDACTED, text)


class PersonalDataFilter(logging.Filter):
    """Drops query strings and whatever looks like a phone number or an address from every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(re.sub(r"\?\S+", "?" + REDACTED, record.getMessage()))
        record.args = ()
        if record.exc_info:
            # A traceback repeats values from the statement that failed: keep its type and place.
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True


class ReporterFilter(SafeExceptionReporterFilter):
    """Error reports without request data and without the values of local variables."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return {}

    def get_traceback_frame_variables(self, request, tb_frame):  # type: ignore[no-untyped-def]
        return []
