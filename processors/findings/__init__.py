"""What is wrong in this room's registers, and what holds its verbs back: one file per register."""

from processors.findings import agreements, organisations, tools, transfers

__all__ = ["agreements", "organisations", "tools", "transfers"]
