from screening.admin.decisions import DecisionAdmin
from screening.admin.handovers import HandoverAdmin
from screening.admin.lists import ContactListAdmin

__all__ = ["ContactListAdmin", "DecisionAdmin", "HandoverAdmin"]
