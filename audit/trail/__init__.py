"""The trail: who changed what, when and why, in every register, newest first.

It reads the history tables and the append-only ones; nothing is written for it. What came in one
batch (an import, a bulk edit) is one entry. Pages go by key: an instant, a table, a row.
"""

from audit.trail.asked import SYSTEM, Asked, Key, uuid_of
from audit.trail.entries import Count, Entry
from audit.trail.pages import Page, latest, link_for, may_open, page
from audit.trail.rooms import Told, describe_batches, described, find_records
from audit.trail.tables import ACTIONS, RECORDED, Table, tables
from audit.trail.telling import count_exactly
from audit.trail.wholes import wholes

__all__ = [
    "ACTIONS",
    "RECORDED",
    "SYSTEM",
    "Asked",
    "Count",
    "Entry",
    "Key",
    "Page",
    "Table",
    "Told",
    "count_exactly",
    "describe_batches",
    "described",
    "find_records",
    "latest",
    "link_for",
    "may_open",
    "page",
    "tables",
    "uuid_of",
    "wholes",
]
