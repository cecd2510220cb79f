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
from screening.dialling.screening import Remembered, Screening
from screening.files import REFUSED, moment, write
from screening.models import ContactList
from screening.question import Question, Unanswerable, ask


class Command(BaseCommand):
    help = (
        "Writes a CSV or XLSX of contacts with the verdict beside each row: its own columns and "
        "normalised,verdict,reasons,basis,evidence,obligations. Exit 2: an unknown purpose, "
        "channel, tool or column, or a file that can't be read; nothing written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV or XLSX, any columns")
        parser.add_argument("--purpose", required=True, metavar="KEY", help="key of the purpose")
        parser.add_argument("--channel", required=True, metavar="CODE", help="code of the channel")
        parser.add_argument("--column", default="", metavar="NAME", help="the contact's column")
        parser.add_argument("--tool", default="", metavar="KEY", help="by which tool, if by one")
        parser.add_argument("--as-of", default="", metavar="ISO", help="the moment, by default now")
        parser.add_argument("--encoding", default="", help="of a CSV that is not UTF-8")
        parser.add_argument("--output", required=True, metavar="FILE", help="- for standard output")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            question = ask(
                options["purpose"],
                options["channel"],
                at=moment(options["as_of"]),
                tool=options["tool"],
            )
            table, column = _read(question, options)
            screening = Screening(question, table, column)
            remembered = Remembered(screening)
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
