"""``manage.py export_consents``: whom one purpose may contact on one channel, as a file."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit.text import iso
from consents.models import LeadSource
from screening.export import FORMATS, Export
from screening.files import REFUSED, Remembered, add_question, asked, write
from screening.manifests import Making
from screening.models import ContactList
from screening.narrowing import Narrowing
from screening.question import Unanswerable


class Command(BaseCommand):
    help = (
        "Writes the list of people who may be contacted for one purpose on one channel. "
        "Exit 2: an unknown purpose, channel, tool or source, or no rule; nothing written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_question(parser)
        parser.add_argument("--source", default="", metavar="KEY", help="from one lead source")
        parser.add_argument("--format", choices=sorted(FORMATS), default="csv")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            question = asked(options)
            source = _source(options["source"]) if options["source"] else None
        except Unanswerable as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        making = Making(Export(question, Narrowing(source)), options["format"])
        remembered = Remembered(making.export.chunks(making.format), making.remember)
        write(options["output"], remembered)
        self._report(remembered.contact_list, options)

    def _report(self, made: ContactList, options: dict[str, Any]) -> None:
        # The list itself may be on standard output.
        out = self.stderr if options["output"] == "-" else self.stdout
        if options["json"]:
            out.write(json.dumps(_manifest(made), ensure_ascii=False))
        else:
            out.write(_("{rows} people may be contacted.").format(rows=made.allowed))


def _manifest(made: ContactList) -> dict[str, Any]:
    return {
        "list": str(made.uuid),
        "purpose": made.purpose.slug,
        "channel": made.channel,
        "tool": made.tool.slug if made.tool else "",
        **made.filters,
        "format": made.format,
        "as_of": iso(made.as_of),
        "rows": made.allowed,
        "denied": made.denied,
        "sha256": made.sha256,
        "valid_until": iso(made.valid_until),
    }


def _source(key: str) -> LeadSource:
    if found := LeadSource.objects.filter(slug=key).first():
        return found
    raise Unanswerable(_("There is no lead source “{key}”.").format(key=key))
