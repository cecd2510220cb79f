"""Single rows, read as one table of a file would read them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from audit.reading.tables import RawRow
from consents.importing.columns import check_targets, laid_over
from consents.importing.errors import RowError
from consents.importing.presets import BUILT_IN, by_slug
from consents.importing.rows import Interpreter, Row
from consents.importing.times import Clock, Told

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
AS_OF = datetime(2026, 1, 31, 11, tzinfo=UTC)
TOLD = Told(AS_OF, AS_OF)
SIMPLE = {
    "columns": {
        "email": {"field": "email"},
        "phone": {"field": "phone"},
        "sms": {"consent": {"channel": "sms"}, "yes": ["TAK"], "no": ["NIE"]},
        "when": {"field": "given_at"},
    }
}
Read = Callable[..., Row | RowError]


def reader(mapping: dict[str, Any], header: list[str], **options: Any) -> Interpreter:
    columns = laid_over(header, mapping)
    check_targets(columns)
    clock = options.pop("clock", Clock("Europe/Warsaw", NOW, options.pop("moment", AS_OF)))
    purposes = frozenset({"newsletter", "marketing-own"})
    return Interpreter(columns, mapping, clock, purpose="newsletter", purposes=purposes, **options)


def read(mapping: dict[str, Any], cells: dict[str, str], **options: Any) -> Row | RowError:
    interpreter = reader(mapping, list(cells), **options)
    return interpreter.read(RawRow(2, list(cells.values())))


def preset(slug: str, cells: dict[str, str], **options: Any) -> Row | RowError:
    return read(by_slug(slug, BUILT_IN).mapping, cells, **options)


def said(row: Row | RowError) -> list[tuple[str, ...]]:
    assert isinstance(row, Row), row
    return [(act.kind, row.contacts[act.contact][1].value, act.channel) for act in row.acts]


def reason(row: Row | RowError) -> tuple[str, str, str]:
    assert isinstance(row, RowError), row
    return row.reason, row.column, row.value


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def simple(**cells: str) -> dict[str, str]:
    return {"email": "", "phone": "601602603", "sms": "", "when": "", **cells}


def clock(moment: datetime | None = None) -> Clock:
    return Clock("Europe/Warsaw", NOW, moment)
