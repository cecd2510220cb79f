"""``manage.py export_consents``: whom one purpose may contact on one channel, as a file."""

import json
import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.access import Outgoing, opened
from audit.choices import AccessAction
from screening.export import COLUMNS, FORMATS, Export, iso
from screening.question import Question, Unanswerable, ask
from screening.verdict import list_valid_until

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Writes the list of people who may be contacted for one purpose on one channel. "
        "Exit 2: an unknown purpose, channel or tool, or no rule for it; nothing written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--purpose", required=True, metavar="KEY", help="key of the purpose")
        parser.add_argument("--channel", required=True, metavar="CODE", help="code of the channel")
        parser.add_argument("--tool", default="", metavar="KEY", help="by which tool, if by one")
        parser.add_argument("--format", choices=sorted(FORMATS), default="csv")
        parser.add_argument("--as-of", default="", metavar="ISO", help="the moment, by default now")
        parser.add_argument("--output", required=True, metavar="FILE", help="- for standard output")
        parser.add_argument("--json", action="store_true", help="print the manifest as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            question = ask(
                options["purpose"],
                options["channel"],
                at=_moment(options["as_of"]),
                tool=options["tool"],
            )
        except Unanswerable as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        export = Export(question)
        manifest = {
            "purpose": question.purpose.slug,
            "channel": question.channel,
            "tool": question.tool.slug if question.tool else "",
            "format": options["format"],
            "as_of": iso(question.at),
        }
        event = opened(
            AccessAction.LIST,
            f"{question.purpose.slug} · {question.channel}",
            filters=manifest,
            columns=COLUMNS,
        )
        outgoing = Outgoing(event, export.chunks(options["format"]), rows=lambda: export.rows)
        _write(options["output"], outgoing)
        self._report(question, export, event.closed_by.sha256, manifest, options)

    def _report(
        self,
        question: Question,
        export: Export,
        sha256: str,
        manifest: dict[str, str],
        options: dict[str, Any],
    ) -> None:
        # The list itself may be on standard output.
        out = self.stderr if options["output"] == "-" else self.stdout
        if options["json"]:
            valid_until = iso(list_valid_until(question))
            facts = {**manifest, "rows": export.rows, "sha256": sha256, "valid_until": valid_until}
            out.write(json.dumps(facts, ensure_ascii=False))
        else:
            out.write(_("{rows} people may be contacted.").format(rows=export.rows))


def _moment(text: str) -> datetime | None:
    """An instant in ISO 8601; without a zone it is in the house's own."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            _("“{text}” is no moment in ISO 8601, such as 2026-11-24T09:00+01:00.").format(
                text=text
            ),
            returncode=REFUSED,
        ) from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _write(output: str, chunks: Iterable[bytes]) -> None:
    if output == "-":
        _pour(chunks, sys.stdout.buffer)
        return
    path = Path(output)
    try:
        _write_whole(path, chunks)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=REFUSED) from error


def _write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Nothing half written: beside its place first, then moved there, for its owner alone."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            _pour(chunks, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def _pour(chunks: Iterable[bytes], file: BinaryIO) -> None:
    for chunk in chunks:
        file.write(chunk)
    file.flush()
