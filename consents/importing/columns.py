"""A mapping laid over the header of one file."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from audit.reading.errors import Refused
from consents.importing.errors import Unrecognised
from consents.importing.mapping import MEANINGS
from consents.importing.presets import folded

YES = frozenset(("true", "1", "yes", "y", "t", "tak"))
NO = frozenset(("false", "0", "no", "n", "f", "nie"))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file and what it means; ``yes`` and ``no`` are its flag words, folded."""

    index: int
    name: str
    meaning: dict[str, Any]
    yes: frozenset[str] = YES
    no: frozenset[str] = NO


@dataclass
class Columns:
    """All of them. A row has ``width`` cells, or from ``open_from`` on as many as it likes."""

    width: int
    open_from: int | None = None
    flags: dict[str, list[Column]] = field(default_factory=dict)
    fields: dict[str, list[Column]] = field(default_factory=dict)

    def of(self, *names: str) -> list[Column]:
        return [column for name in names for column in self.fields.get(name, ())]

    def saying(self, *kinds: str) -> list[Column]:
        return [column for kind in kinds for column in self.flags.get(kind, ())]

    def in_order(self) -> None:
        for found in (*self.flags.values(), *self.fields.values()):
            found.sort(key=lambda column: column.index)

    def fits(self, cells: list[str]) -> bool:
        """Whether the row is neither short nor has surplus cells that hold something."""
        count = len(cells)
        if self.open_from is not None:
            return self.open_from <= count <= settings.IMPORT_LIMITS["columns"]
        surplus = "".join(cells[self.width :]).strip()
        return count == self.width or (count > self.width and not surplus)


def laid_over(header: list[str], mapping: dict[str, Any]) -> Columns:
    """The columns of ``header``, or of a first row where the mapping says there is no header.

    Raises Refused where a column is missing that the mapping names; those of a preset may be.
    """
    if len(header) > settings.IMPORT_LIMITS["columns"]:
        raise Refused(_("The file has too many columns."))
    has_header = mapping.get("header", True)
    columns = Columns(_width(header) if has_header else len(header))
    places = _by_name(header) if has_header else {str(n): n - 1 for n in range(1, 401)}
    missing, taken = [], set()
    # Columns count in the order of the file: a mapping kept in the database has lost its own.
    for name, meaning in sorted(mapping["columns"].items(), key=lambda each: each[0][-1:] == "*"):
        found = _found(name, header, places, has_header)
        for index, title in found:
            if name.endswith("*") and index in taken:
                continue  # named by itself before: that says more than the beginning it shares
            taken.add(index)
            _add(columns, Column(index, title, meaning, *_words(meaning)))
        if not has_header and name.endswith("+"):
            columns.open_from = int(name[:-1]) - 1
        elif not found:
            missing.append(name)
    columns.in_order()
    if missing and "recognise" not in mapping:
        names = ", ".join(f"“{name}”" for name in missing)
        raise Unrecognised(header, _("The file has no column {names}.").format(names=names))
    return columns


def _width(header: list[str]) -> int:
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    return width


def _by_name(header: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for index, column in enumerate(header):
        places.setdefault(folded(column), index)  # the first of two columns of one name counts
    return places


def _found(
    name: str, header: list[str], places: dict[str, int], has_header: bool
) -> list[tuple[int, str]]:
    if not has_header:
        number = name.removesuffix("+")
        index = places.get(number, -1)
        within = name.endswith("+") or 0 <= index < len(header)
        return [(index, name)] if within else []
    if name.endswith("*"):
        start = folded(name[:-1])
        return [(i, header[i].strip()) for column, i in places.items() if column.startswith(start)]
    index = places.get(folded(name), -1)
    return [(index, header[index].lstrip("\ufeff").strip())] if index >= 0 else []


def _words(meaning: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    yes = frozenset(str(word).strip().casefold() for word in meaning.get("yes", ())) or YES
    no = frozenset(str(word).strip().casefold() for word in meaning.get("no", ())) or NO
    return yes, no - yes


def _add(columns: Columns, column: Column) -> None:
    kind = next(kind for kind in MEANINGS if kind in column.meaning)
    if kind == "field":
        columns.fields.setdefault(column.meaning["field"], []).append(column)
    else:
        columns.flags.setdefault(kind, []).append(column)


def check_targets(columns: Columns) -> None:
    """Refused where dates of consents are given and nothing says what the consents are about."""
    dates = columns.of("given_at", "confirmed_at", "withdrawn_at")
    if dates and not targets(columns) and not columns.of("email", "channel"):
        text = _(
            "Column “{name}” dates a consent: map an e-mail column, or a column with a consent."
        )
        raise Refused(text.format(name=dates[0].name))
    for column in columns.saying("consents"):
        if not column.meaning["consents"]:
            raise Refused(_("This format needs its consent ids mapped: save them in its preset."))


def targets(columns: Columns) -> list[Column]:
    """Columns that say themselves what a yes or no is about."""
    return columns.saying("consent", "status", "consents")
