"""``manage.py screen``: the verdict on every row of a dial list, beside its own columns."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit.reading.errors import Refused
from audit.text import iso
from screening.dialling import columns, tables
from screening.dialling.screening import Screening
from screening.files import REFUSED, Remembered, add_question, asked, write
from screening.models import ContactList
from screening.question import Question, Unanswerable


class Command(BaseCommand):
    help = (
        "Writes a CSV or XLSX of contacts with the verdict beside each row: its own columns and "
        "normalised,verdict,reasons,basis,evidence,obligations. Exit 2: an unknown purpose, "
        "channel, tool or column, or a file that can't be read; nothing written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV or XLSX, any columns")
        add_question(parser)
        parser.add_argument("--column", default="", metavar="NAME", help="the contact's column")
        parser.add_argument("--encoding", default="", help="of a CSV that is not UTF-8")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            question = asked(options)
            table, column = _read(question, options)
            screening = Screening(question, table, column)
            remembered = Remembered(screening.chunks(), screening.remember)
            write(options["output"], remembered)
        except (Unanswerable, Refused) as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        # The list itself may be on standard output.
        out = self.stderr if options["output"] == "-" else self.stdout
        out.write(_report(screening, remembered.contact_list, as_json=options["json"]))


def _read(question: Question, options: dict[str, Any]) -> tuple[tables.Table, int]:
    """The table of the file, and the place of the column that is the contact."""
    path = Path(options["file"])
    try:
        table = tables.opened(path, encoding=options["encoding"], named=options["column"])
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error
    if options["column"]:
        return table, columns.named(table, options["column"])
    return table, columns.proposed(table, question.contact_kind)


def _report(screening: Screening, made: ContactList, *, as_json: bool) -> str:
    if not as_json:
        return _("{rows} rows: {allowed} may be contacted, {denied} may not.").format(
            rows=screening.rows, allowed=made.allowed, denied=made.denied
        )
    facts = {
        "list": str(made.uuid),
        "purpose": made.purpose.slug,
        "channel": made.channel,
        "tool": made.tool.slug if made.tool else "",
        "column": screening.table.names[screening.column],
        "as_of": iso(made.as_of),
        "rows": screening.rows,
        "allowed": made.allowed,
        "denied": made.denied,
        "reasons": {code: n for code, n in screening.told.counts.items() if code},
        "sha256": made.sha256,
        "valid_until": iso(made.valid_until),
    }
    return json.dumps(facts, ensure_ascii=False)
