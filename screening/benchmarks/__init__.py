"""What this room measures, each against the limit of the same work in the same run."""

from screening.benchmarks.export import measure_export
from screening.benchmarks.screen import measure_screen

BENCHMARKS = {"export": measure_export, "screen": measure_screen}
