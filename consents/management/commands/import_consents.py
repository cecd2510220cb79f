"""``manage.py import_consents``: a file of another system into the register."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit.reading.errors import Refused
from consents.importing.applying import apply, foresee, outcome
from consents.importing.rejects import write_rejects
from consents.importing.uploads import (
    abandon,
    new_upload,
    purpose_of,
    read,
    refuse,
    source_of,
    unfinished_twin,
)
from consents.models import ConsentImport

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Imports contacts and consents from a CSV, an XLSX or a Mailchimp ZIP. "
        "Exit 0: applied, bad rows counted. Exit 2: refused as a whole, nothing applied."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--source", required=True, help="key of the lead source")
        parser.add_argument("--purpose", required=True, help="key of the purpose")
        parser.add_argument("--preset", default="", help="key of the format, if not by its header")
        parser.add_argument(
            "--map",
            default="",
            metavar="FILE",
            help=(
                "what columns mean, as JSON; laid over the preset if one is named "
                '(see docs/import.md; {"columns": {"6+": {"consents": {"1": {"purpose": KEY, '
                '"channel": CODE}}}, "Opt-out": {"withdrawal": {"channel": CODE}}}})'
            ),
        )
        parser.add_argument("--as-of", default="", help="when the file was true, ISO 8601")
        parser.add_argument("--tz", default="Europe/Warsaw", help="time zone of local times")
        parser.add_argument("--encoding", default="", help="if the file is not UTF-8")
        parser.add_argument(
            "--contacts", default="", metavar="FILE", help="contacts by id (Salesforce)"
        )
        parser.add_argument("--dry-run", action="store_true", help="count, record nothing")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")
        parser.add_argument(
            "--rejects", default="", metavar="FILE", help="where bad rows go, as CSV"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            upload = self._read(options)
        except Refused as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        if options["dry_run"]:
            foresee(upload)
        else:
            upload = self._apply(upload)
        counts = outcome(upload)
        if options["rejects"]:
            with open(options["rejects"], "w", encoding="utf-8", newline="") as file:
                write_rejects(upload, file)
        if options["dry_run"]:
            abandon(upload)
            upload.delete()
        self._print(counts, as_json=options["json"])

    def _read(self, options: dict[str, Any]) -> ConsentImport:
        path = options["file"]
        if not Path(path).is_file():
            raise Refused(_("There is no file {path}.").format(path=path))
        source = source_of(options["source"])
        with open(path, "rb") as file:
            upload = new_upload(
                file,
                source=source,
                purpose=purpose_of(options["purpose"], source),
                name=path,
                mapping=_mapping(options["map"]),
                encoding=options["encoding"],
                time_zone=options["tz"],
                as_of=options["as_of"],
            )
        try:
            read(upload, path, preset=options["preset"], contacts=options["contacts"])
        except Refused:
            refuse(upload)
            raise
        return upload

    def _apply(self, upload: ConsentImport) -> ConsentImport:
        if twin := unfinished_twin(upload):
            abandon(upload)
            upload.delete()
            self.stderr.write(_("Going on with the import that was interrupted."))
            upload = twin
        apply(upload)
        return upload

    def _print(self, counts: dict[str, object], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(counts, ensure_ascii=False))
            return
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")


def _mapping(path: str) -> dict[str, Any] | None:
    if not path:
        return None
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        text = _("The mapping {path} is no JSON that can be read: {error}")
        raise Refused(text.format(path=path, error=error)) from error
