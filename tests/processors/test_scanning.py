"""The malware scanner of the house: what it is given, and what each of its answers leads to."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from processors.documents import storing
from processors.documents.scanning import refuse_infected
from processors.models import AgreementDocument
from tests.factories import AgreementFactory, UserFactory
from tests.processors.pdfs import javascript, pdf

SIGNED = pdf()


@pytest.fixture
def scanner(settings: Any, tmp_path: Path) -> Any:
    """Makes a program of some lines the scanner of the house; ``seen`` is what it was given."""

    def install(lines: str) -> Path:
        seen, script = tmp_path / "seen", tmp_path / "scanner.py"
        script.write_text(f"import os, sys, time\nseen = {str(seen)!r}\n{lines}\n")
        settings.DOCUMENT_SCANNER = [sys.executable, "-S", str(script)]
        return seen

    return install


def refusal(data: bytes = SIGNED) -> ValidationError:
    with pytest.raises(ValidationError) as raised:
        refuse_infected(io.BytesIO(data))
    return raised.value


def test_without_a_scanner_nothing_is_run(settings: Any) -> None:
    settings.DOCUMENT_SCANNER = []
    refuse_infected(io.BytesIO(SIGNED))


def test_the_scanner_reads_every_byte_and_lets_a_clean_file_pass(scanner: Any) -> None:
    seen = scanner("open(seen, 'wb').write(sys.stdin.buffer.read())")
    (file := io.BytesIO(SIGNED)).seek(7)
    refuse_infected(file)
    assert seen.read_bytes() == SIGNED


def test_a_file_that_the_scanner_refuses_is_infected(scanner: Any) -> None:
    scanner("sys.stdin.buffer.read(); sys.exit(1)")
    assert refusal().code == "infected"


@pytest.mark.parametrize("status", [2, 50, 127])
def test_any_other_answer_is_none(scanner: Any, status: int) -> None:
    scanner(f"sys.stdin.buffer.read(); sys.exit({status})")
    assert refusal().code == "not_checked"


def test_a_scanner_that_dies_has_not_checked(scanner: Any) -> None:
    scanner("os.kill(os.getpid(), 9)")
    assert refusal().code == "not_checked"


def test_a_scanner_that_takes_too_long_has_not_checked(scanner: Any, settings: Any) -> None:
    scanner("time.sleep(60)")
    settings.DOCUMENT_LIMITS = {**settings.DOCUMENT_LIMITS, "scanner_seconds": 0.3}
    assert refusal().code == "not_checked"


def test_a_scanner_that_is_not_there_has_not_checked(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENT_SCANNER = [str(tmp_path / "none")]
    assert refusal().code == "not_checked"


def test_a_scanner_that_stops_reading_has_answered_all_the_same(scanner: Any) -> None:
    scanner("sys.exit(0)")
    refuse_infected(io.BytesIO(SIGNED + b"\0" * 3_000_000))


def test_the_scanner_sees_no_keys_of_the_house(scanner: Any) -> None:
    seen = scanner("open(seen, 'w').write(' '.join(os.environ))")
    refuse_infected(io.BytesIO(SIGNED))
    assert set(seen.read_text().split()) <= {"PATH", "LC_CTYPE"}


def test_a_file_that_the_house_refuses_itself_is_not_given_to_the_scanner(scanner: Any) -> None:
    seen = scanner("open(seen, 'w')")
    with pytest.raises(ValidationError):
        storing.attach(AgreementFactory.build(), io.BytesIO(pdf(javascript)), title="Umowa")
    assert not seen.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "said"), [(1, b"malware scanner refuses"), (2, b"not stored")])
def test_a_refusal_is_told_and_leaves_nothing(
    client: Client, scanner: Any, status: int, said: bytes
) -> None:
    scanner(f"sys.exit({status})")
    client.force_login(UserFactory())
    url = reverse("admin:processors_processingagreement_attach", args=[AgreementFactory().pk])
    file = io.BytesIO(SIGNED)
    file.name = "umowa.pdf"
    answer = client.post(url, {"file": file, "title": "Umowa"})
    assert said in answer.content
    assert not AgreementDocument.objects.exists()
    assert not default_storage.exists(storing.FOLDER)


@pytest.mark.django_db
def test_a_clean_file_is_kept(scanner: Any) -> None:
    scanner("sys.stdin.buffer.read()")
    document = storing.attach(AgreementFactory(), io.BytesIO(SIGNED), title="Umowa")
    assert b"".join(storing.content(document)) == SIGNED


# What an installation is told ---------------------------------------------------------------------


def told() -> set[tuple[str, int]]:
    found = checks.run_checks(tags=["security"], include_deployment_checks=True)
    return {(each.id, each.level) for each in found if each.id.startswith("processors.")}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ([], {("processors.I001", checks.INFO)}),
        (["no-such-scanner", "-"], {("processors.W001", checks.WARNING)}),
        ([sys.executable, "-"], set()),
    ],
)
def test_an_installation_is_told_where_it_stands(
    settings: Any, command: list[str], expected: set[tuple[str, int]]
) -> None:
    settings.DOCUMENT_SCANNER = command
    assert told() == expected
