from typing import Any

from django.core.management.base import BaseCommand, CommandError

from processors.choices import DocumentState
from processors.documents.storing import check_all
from processors.models import DocumentCheck


class Command(BaseCommand):
    help = (
        "Hash every signed document again and compare it with what was uploaded. Names each "
        "agreement whose document differs or is missing, and then exits with 1."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        checks = list(check_all())
        wrong = [check for check in checks if check.state != DocumentState.INTACT]
        for check in wrong:
            self.stderr.write(self._said(check))
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(checks)} documents are not as uploaded.")
        self.stdout.write(f"{len(checks)} documents are as uploaded.")

    def _said(self, check: DocumentCheck) -> str:
        document = check.document
        found = check.sha256 or "nothing"
        agreement = document.agreement.reference
        return f"{agreement}: {document.uuid} {check.state}: {found}, not {document.sha256}"
