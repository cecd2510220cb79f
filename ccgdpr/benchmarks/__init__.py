"""What the whole house measures, each against the limit of the same work in the same run."""

from ccgdpr.benchmarks.check import measure_check

BENCHMARKS = {"check": measure_check}
