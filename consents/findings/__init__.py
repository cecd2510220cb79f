"""What stands in the way of contact in this room, as findings; verdict.md §2 closes on the same."""

from consents.findings import sources, stops, wordings  # noqa: F401 (register their rules)
from consents.findings.wordings import in_use

__all__ = ["in_use"]
