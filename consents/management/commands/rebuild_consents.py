from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consents.fold import differences, rebuild


class Command(BaseCommand):
    """Folds all consent events again: to rewrite the states, or with --check to compare them."""

    help = "Fold all consent events again. With --check only compare, and exit 1 on a difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only, change nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            self.stdout.write(f"{rebuild()} states rewritten.")
            return
        found = differences()
        for point, purpose, channel in found:
            self.stdout.write(f"contact point {point}, purpose {purpose}, {channel}: differs")
        if found:
            raise CommandError(
                "Stored states differ from their events. Run rebuild_consents and look into why: "
                "only the fold writes them."
            )
        self.stdout.write(f"All states equal their events, {timezone.localtime():%Y-%m-%d %H:%M}.")
