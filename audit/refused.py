from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError


class RefusedCommand(BaseCommand):
    """A command of a library that would rewrite history: it is there, and it says no."""

    help = "Refused: history is append-only."
    why = ""

    def run_from_argv(self, argv: list[str]) -> None:
        # Whatever its arguments, the answer is the same.
        super().run_from_argv(argv[:2])

    def handle(self, *args: Any, **options: Any) -> NoReturn:
        raise CommandError(f"{self.why}: it is never rewritten or removed (Art. 5(2) GDPR).")
