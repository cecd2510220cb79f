"""``manage.py recall``: who on a list may no longer be contacted, as a file."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.access import Outgoing
from audit.text import iso
from screening.files import REFUSED, write
from screening.models import ContactList
from screening.question import Unanswerable
from screening.recall import RecallFile, opened


class Command(BaseCommand):
    help = (
        "Writes who on a list may no longer be contacted, and why, judged now. "
        "Exit 2: no such list, or its members are erased; nothing written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("list", metavar="UUID", help="of the list, as its manifest tells it")
        parser.add_argument("--output", required=True, metavar="FILE", help="- for standard output")
        parser.add_argument("--json", action="store_true", help="print what was found as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        contact_list = _list(options["list"])
        try:
            file = RecallFile(contact_list)
        except Unanswerable as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        event = opened(file)
        outgoing = Outgoing(event, file.chunks(), rows=lambda: file.rows)
        write(options["output"], outgoing)
        # The file itself may be on standard output.
        out = self.stderr if options["output"] == "-" else self.stdout
        out.write(_report(file, event.closed_by.sha256, as_json=options["json"]))


def _list(text: str) -> ContactList:
    try:
        found = ContactList.objects.filter(uuid=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise CommandError(
            _("There is no list {uuid}. Its manifest and its page tell its uuid.").format(
                uuid=text
            ),
            returncode=REFUSED,
        )
    if not found.has_members:
        raise CommandError(
            _("It is no longer known who was on this list. Have a new one made."),
            returncode=REFUSED,
        )
    return found


def _report(file: RecallFile, sha256: str, *, as_json: bool) -> str:
    if not as_json:
        counted = ngettext("{n} person must come off.", "{n} people must come off.", file.rows)
        return counted.format(n=file.rows)
    question, contact_list = file.recall.question, file.recall.contact_list
    facts = {
        "list": str(contact_list.uuid),
        "purpose": question.purpose.slug,
        "channel": question.channel,
        "as_of": iso(question.at),
        "members": contact_list.allowed,
        "rows": file.rows,
        "reasons": file.reasons,
        "sha256": sha256,
    }
    return json.dumps(facts, ensure_ascii=False)
