"""What is wrong in this room's registers, and what holds its verbs back: one file per register."""

from processors.findings import organisations

__all__ = ["organisations"]
