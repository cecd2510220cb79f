"""What is wrong in the record of processing activities."""

from processing.findings import activities, clients, purposes, tools

__all__ = ["activities", "clients", "purposes", "tools"]
