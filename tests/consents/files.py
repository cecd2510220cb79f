"""Files of the tests, imported as the command does it."""

import csv
import io
import itertools
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from consents.importing.applying import apply, foresee, outcome
from consents.importing.uploads import new_upload, read
from consents.models import Consent, ConsentEvent, ConsentImport, LeadSource, Restriction
from processing.models import Purpose

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FLAGS = {
    "columns": {
        "email": {"field": "email"},
        "yes": {"consent": {"channel": "email"}},
        "when": {"field": "given_at"},
    }
}
EXCEL = {
    "delimiter": ";",
    "columns": {
        "Imię": {"field": "first_name"},
        "Nazwisko": {"field": "last_name"},
        "Telefon": {"field": "phone"},
        "E-mail": {"field": "email"},
        "Zgoda SMS": {"consent": {"channel": "sms"}, "yes": ["TAK"], "no": ["NIE"]},
        "Data zgody": {"field": "given_at", "format": "%d.%m.%Y"},
    },
}
DEWELOPER = {
    "header": False,
    "delimiter": ";",
    "columns": {
        "1": {"field": "email"},
        "2": {"field": "first_name"},
        "3": {"field": "last_name"},
        "4": {"field": "phone"},
        "5": {"field": "given_at", "format": "%Y%m%d"},
        "6+": {
            "consents": {
                "1": {"channel": "email"},
                "2": {"channel": "sms"},
                "3": {"channel": "voice"},
            }
        },
    },
}


def table(*rows: tuple[str, ...], header: str = "email,yes,when") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header.split(","), *rows])
    return text.getvalue().encode()


def staged(
    body: bytes | Path,
    *,
    name: str = "ludzie.csv",
    preset: str = "",
    contacts: str = "",
    source: str = "web-form",
    purpose: str = "newsletter",
    **facts: Any,
) -> ConsentImport:
    """The upload of ``body``, read and not yet applied."""
    path = body if isinstance(body, Path) else None
    file = io.BytesIO(path.read_bytes() if path else body)
    upload = new_upload(
        file,
        source=LeadSource.objects.get(slug=source),
        purpose=Purpose.objects.get(slug=purpose),
        name=path.name if path else name,
        **facts,
    )
    if path is None:
        path = Path(_directory()) / str(upload.uuid)
        path.write_bytes(file.getvalue())
    read(upload, path, preset=preset, contacts=contacts)
    return upload


def _directory() -> str:
    from django.conf import settings

    return str(settings.DATA_DIR)


def imported(body: bytes | Path, **options: Any) -> dict[str, Any]:
    """The counts of an import of ``body``."""
    upload = staged(body, **options)
    apply(upload)
    return outcome(upload)


def foreseen(body: bytes | Path, **options: Any) -> dict[str, Any]:
    upload = staged(body, **options)
    foresee(upload)
    return outcome(upload)


def numbers(counts: dict[str, Any]) -> dict[str, int]:
    """What was counted, without the zeros."""
    return {k: v for k, v in counts.items() if isinstance(v, int) and v}


def states() -> set[tuple[Any, ...]]:
    """All that decides about contact, by value: comparable between two registers."""
    consents = Consent.objects.values_list(
        "contact_point__key", "purpose__slug", "channel", "state", "since", "valid_until"
    )
    stops = Restriction.objects.values_list(
        "contact_point__key", "kind", "channel", "purpose", "effective_at"
    )
    return {*consents, *stops}


def told() -> list[tuple[Any, ...]]:
    """All events by value."""
    fields = ("contact_point__key", "channel", "kind", "occurred_at", "own_time", "valid_until")
    return sorted(ConsentEvent.objects.values_list(*fields), key=str)


def one(email: str = "anna@poczta.example") -> Consent:
    return Consent.objects.get(contact_point__key=email)


YES_NO = [
    table(("anna@poczta.example", "1", "2023-04-26 10:00")),
    table(("ANNA@poczta.example", "0", "2024-04-26 10:00")),
    table(("anna@Poczta.example", "1", "2022-04-26 10:00")),
]


def row_counts() -> dict[str, int]:
    """Rows of every table of the room but those of work in progress."""
    tables = [t for t in connection.introspection.table_names() if t.startswith("consents_")]
    kept = [t for t in tables if "staged" not in t and t != "consents_consentimport"]
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in kept}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {table}")
    return cursor.fetchone()[0]


class Stop(Exception):
    pass


def stop_after(chunks: int) -> Any:
    beats = itertools.count(1)

    def beat(done: int) -> None:
        if next(beats) >= chunks:
            raise Stop

    return beat


def chunks_of(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr("consents.importing.applying.CHUNK", rows)
    monkeypatch.setattr("consents.importing.applying.SQLITE_CHUNK", rows)
    monkeypatch.setattr("consents.importing.applying.Pace.keep", lambda pace, seconds: None)
