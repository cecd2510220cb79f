from screening.models.decisions import Decision
from screening.models.dialling import DialList
from screening.models.handovers import ConsentList, Handover, known_reason
from screening.models.lists import ContactList, ListBlock

__all__ = [
    "ConsentList",
    "ContactList",
    "Decision",
    "DialList",
    "Handover",
    "ListBlock",
    "known_reason",
]
