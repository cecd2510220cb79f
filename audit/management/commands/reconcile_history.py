from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.reconciliation import gaps


class Command(BaseCommand):
    """Compares every record with its history; with --check exits 1 where they disagree."""

    help = "Name records that were changed without history. With --check exit 1 if there are any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="exit 1 if there is a gap")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = 0
        for gap in gaps():
            found += 1
            self.stdout.write(str(gap))
        if found and check:
            raise CommandError(
                f"{found} records differ from their history: somebody wrote around the house. "
                "Find out who and why, then record the change through the panel."
            )
        self.stdout.write(f"{found} gaps." if found else "Every record equals its history.")
