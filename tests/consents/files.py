"""Files of the tests, imported as the command does it."""

import csv
import io
from pathlib import Path
from typing import Any

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
    **facts: Any,
) -> ConsentImport:
    """The upload of ``body``, read and not yet applied."""
    path = body if isinstance(body, Path) else None
    file = io.BytesIO(path.read_bytes() if path else body)
    upload = new_upload(
        file,
        source=LeadSource.objects.get(slug=source),
        purpose=Purpose.objects.get(slug="newsletter"),
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
