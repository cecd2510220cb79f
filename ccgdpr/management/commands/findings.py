import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import rules
from audit.choices import Severity
from audit.counting import count_today
from audit.rules import Finding
from ccgdpr import digest


class Command(BaseCommand):
    """Prints what is open; exits 1 while something blocking is. Counts the day, writes to DPOs."""

    help = "List open findings, and exit 1 while a blocking one is open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as one JSON array")
        parser.add_argument(
            "--severity", choices=Severity.values, help="list those of one severity alone"
        )
        parser.add_argument(
            "--snapshot", action="store_true", help="only write down the day's count, for the trend"
        )
        parser.add_argument(
            "--digest", action="store_true", help="only count the day, and write to every DPO"
        )

    def handle(self, *args: Any, severity: str | None, **options: Any) -> None:
        if options["snapshot"] or options["digest"]:
            self._count(options["digest"])
            return
        listed = (each for each in rules.open_findings() if severity in (None, each.severity))
        self._as_json(listed) if options["json"] else self._as_lines(listed)
        if any(rules.counts(_blocking()).values()):
            raise CommandError("A blocking finding is open.")

    def _count(self, is_sent: bool) -> None:
        counted = count_today()
        self.stdout.write(f"{sum(each.open for each in counted)} open findings counted.")
        if is_sent:
            self.stdout.write(f"{digest.send()} letters sent.")

    def _as_json(self, findings: Iterator[Finding]) -> None:
        # One by one: a single bad file can break a rule a hundred thousand times.
        self.stdout.write("[", ending="")
        for number, finding in enumerate(findings):
            row = json.dumps(_told(finding), ensure_ascii=False)
            self.stdout.write(f"{',' if number else ''}\n{row}", ending="")
        self.stdout.write("\n]")

    def _as_lines(self, findings: Iterator[Finding]) -> None:
        found = 0
        for finding in findings:
            found += 1
            told = _told(finding)
            where = f"{told['register']} #{told['id']} {told['record']}"
            words = (told["severity"], told["rule"], told["article"], where, told["message"])
            self.stdout.write("  ".join(words))
        self.stdout.write(f"{found} open findings.")


def _blocking() -> list[rules.Rule]:
    return [rule for rule in rules.registered() if rule.severity == Severity.BLOCKING]


def _told(finding: Finding) -> dict[str, Any]:
    """Names of records are pseudonyms or titles: never a number, an address or a person."""
    return {
        "severity": finding.severity.value,
        "rule": finding.rule.code,
        "article": str(finding.meta),
        "register": finding.rule.model._meta.label_lower,
        "id": finding.record.pk,
        "record": finding.subject,
        "message": str(finding.message),
    }
