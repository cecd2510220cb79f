"""``manage.py bench NAME``: how fast the house is, against the limit measured in the same run.

An app that has something to measure keeps it in ``benchmarks.py``: functions by name in
``BENCHMARKS``, each given how many rows to take and where to print. They run in a database of
their own, made for the occasion and dropped afterwards.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    help = "Measures rows/s, the ratio to the limit in the same run, and peak memory."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=sorted(benchmarks()))
        parser.add_argument("--rows", type=int, help="by default as performance.md has it")

    def handle(self, *args: Any, **options: Any) -> None:
        measure = benchmarks()[options["name"]]
        name = connection.settings_dict["NAME"]
        scratch = f"bench_{connection.vendor}"
        if connection.vendor == "sqlite":
            scratch = f"{name}.bench"
        connection.settings_dict["TEST"]["NAME"] = scratch
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            measure(options["rows"], self.stdout.write)
        finally:
            connection.creation.destroy_test_db(str(name), verbosity=0)


def benchmarks() -> dict[str, Callable[[int | None, Callable[[str], Any]], None]]:
    """What each app can measure, by name."""
    found: dict[str, Any] = {}
    for config in apps.get_app_configs():
        module = f"{config.name}.benchmarks"
        if find_spec(config.name) and find_spec(module):
            found |= import_module(module).BENCHMARKS
    return found
