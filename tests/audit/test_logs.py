"""Personal data stay out of logs (security.md 36)."""

import io
import logging

import pytest

from audit.logs import PersonalDataFilter, redact

CANARIES = [
    "+48601602603",
    "+48 601 602 603",
    "601-602-603",
    "601602603",
    "0048601602603",
    "(601) 602 603",
    "%2B48601602603",
    "22 123 45 67",
    "jan.kowalski@poczta.example",
    "Jan+zgody@poczta.co.example",
    "jan%40poczta.example",
    "żaneta@poczta.example",
]
HARMLESS = [
    "Job 7 failed after 3 attempts",
    "2026-11-25 01:39:16,480 INFO started",
    "GET /admin/processors/organisation/17/history/ 200",
    "took 1204512 rows",
    "GET /n/klienci/ 200",
]


@pytest.mark.parametrize("canary", CANARIES)
def test_a_number_or_address_is_redacted(canary: str) -> None:
    assert canary not in redact(f"contact {canary} failed")


@pytest.mark.parametrize(
    "path", ["/z/{}/", "/z/{}/one-click/", "/z/c/{}/", "https://ccgdpr.example/z/{}/?lang=pl"]
)
def test_what_opens_a_persons_page_is_redacted(path: str) -> None:
    token = "kS1x-7Zq_c"
    assert token not in redact(f'"GET {path.format(token)} HTTP/1.1" 200')


@pytest.mark.parametrize("text", HARMLESS)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert redact(text) == text


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(PersonalDataFilter())
    logger = logging.Logger("audit.tests")
    logger.addHandler(handler)
    return logger, out


def test_arguments_are_redacted(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    logger.info("contact %s of %s", "+48601602603", "jan@poczta.example")
    assert out.getvalue() == "contact […] of […]\n"


def test_queries_are_dropped(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    logger.info("GET /admin/consents/consent/?q=kowalski 200")
    assert "kowalski" not in out.getvalue()


def test_tracebacks_are_redacted(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    detail = "Failing row contains ({}, {}).".format("Kowalski", 601602603)
    try:
        raise ValueError(detail)
    except ValueError:
        logger.exception("import failed")
    assert "Kowalski" not in out.getvalue()
    assert "601602603" not in out.getvalue()
    assert "ValueError" in out.getvalue()
