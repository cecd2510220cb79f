"""What is wrong in the record of processing activities."""

from processing.findings import activities, purposes, tools

__all__ = ["activities", "purposes", "tools"]
