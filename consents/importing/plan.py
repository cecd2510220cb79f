"""Which tables of a file are read, by which mapping."""

from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from audit.reading.errors import Refused
from audit.reading.tables import Member, RawRow, members
from consents.importing.columns import Columns, check_targets, laid_over
from consents.importing.errors import Unrecognised
from consents.importing.mapping import laid_upon, names_contact
from consents.importing.presets import by_slug, folded, looks_like_data, recognise
from consents.models import MappingPreset

# Read last: whether the other files of the archive have times decides how bounces are dated.
LAST = "mailchimp_cleaned"
OWN_MAP = "map"


@dataclass(frozen=True)
class Table:
    """One table, its format, its columns, and how to read it."""

    member: Member
    format: str
    mapping: dict[str, Any]
    header: list[str]
    encoding: str
    in_archive: bool = False

    @property
    def columns(self) -> Columns:
        return laid_over(self.header, self.mapping)

    def rows(self):
        """Its records without the header."""
        rows = self.member.rows(encoding=self.encoding, delimiter=self.mapping.get("delimiter", ""))
        return islice(rows, 1 if self.mapping.get("header", True) else 0, None)


@dataclass(frozen=True)
class Plan:
    tables: list[Table]
    format: str
    contacts: Member | None = None


def planned(
    path: str,
    name: str,
    *,
    preset: str = "",
    mapping: dict[str, Any] | None = None,
    encoding: str = "",
) -> Plan:
    """How the file is read: by ``mapping``, else by the ``preset``, else as its header says.

    With a preset, or where it names no contact of its own, the mapping is laid over the format.
    Raises Refused where a name is unknown or the file is of no known format.
    """
    found = members(path, name)
    presets = list(MappingPreset.objects.all())
    chosen = by_slug(preset, presets) if preset not in ("", OWN_MAP) else None
    if len(found) > 1 or found[0].inside:
        plan = _archive(found, presets, chosen, mapping, encoding)
    else:
        table = _table(found[0], presets, chosen, mapping, encoding)
        plan = Plan([table], table.format)
    for table in plan.tables:
        check_targets(table.columns)
    return plan


def _table(
    member: Member, presets: list, chosen: Any, mapping: dict[str, Any] | None, encoding: str
) -> Table:
    given = laid_upon(chosen.mapping if chosen else {}, mapping or {})
    encoding = encoding or given.get("encoding", "")
    first = _first_row(member, encoding, given.get("delimiter", ""))
    if mapping and not chosen and names_contact(mapping):
        return Table(member, OWN_MAP, mapping, first.cells, encoding)
    preset = chosen or recognise(first.cells, member.name, presets)
    _check_header(preset, first.cells)
    if mapping:
        laid_over(first.cells, {"header": given.get("header", True), **mapping})
    read_by = laid_upon(preset.mapping, mapping or {})
    return Table(member, preset.slug, read_by, first.cells, encoding)


def _first_row(member: Member, encoding: str, delimiter: str) -> RawRow:
    rows = member.first(1, encoding=encoding, delimiter=delimiter)
    if not rows:
        raise Refused(_("The file is empty."))
    return rows[0]


def _check_header(preset: Any, header: list[str]) -> None:
    """A named preset still has to fit: every column that makes its format must be there."""
    wanted = preset.mapping.get("recognise", {}).get("columns", [])
    seen = {folded(column) for column in header}
    if missing := [column for column in wanted if folded(column) not in seen]:
        names = ", ".join(f"“{column}”" for column in missing)
        shown = [] if looks_like_data(header) else header
        raise Unrecognised(shown, _("The file has no column {names}.").format(names=names))


def _archive(
    found: list[Member], presets: list, chosen: Any, mapping: dict[str, Any] | None, encoding: str
) -> Plan:
    if mapping:
        raise Refused(_("A mapping is for one file: take it out of the archive."))
    if consents := _salesforce(found, presets, encoding):
        contacts = next(member for member in found if member != consents.member)
        return Plan([consents], consents.format, contacts)
    tables = [_table(member, presets, None, None, encoding) for member in found]
    formats = [table.format for table in tables]
    mailchimp = all(each.startswith("mailchimp") for each in formats)
    if not mailchimp or len(set(formats)) < len(formats):
        raise Refused(
            _(
                "An archive holds the files of one Mailchimp audience, "
                "or Salesforce consents and contacts."
            )
        )
    if chosen and not chosen.slug.startswith("mailchimp"):
        raise Refused(
            _("The archive is a Mailchimp audience, not {name}.").format(name=chosen.slug)
        )
    ordered = sorted(tables, key=lambda table: table.format == LAST)
    return Plan([_within(table) for table in ordered], "mailchimp")


def _salesforce(found: list[Member], presets: list, encoding: str) -> Table | None:
    """The consents of an archive of two files, whose other one holds the contacts."""
    if len(found) != 2:
        return None
    for member in found:
        with suppress(Unrecognised):
            table = _table(member, presets, None, None, encoding)
            if table.format == "salesforce_consent":
                return table
    return None


def _within(table: Table) -> Table:
    return Table(
        table.member, table.format, table.mapping, table.header, table.encoding, in_archive=True
    )
