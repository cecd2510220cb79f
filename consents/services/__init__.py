"""What people say, recorded: each verb is one transaction that keeps its proof and folds anew.

Instants are aware; the current act (``audit.act``) says who records them, by which way and why.
Every verb raises ValidationError with a sentence for the clerk where the act cannot be.
"""

from consents.services.acts import (
    confirm,
    end_of,
    give,
    invalidate,
    refuse,
    refuse_the_future,
    same_act,
    withdraw,
    wording_shown,
)
from consents.services.people import acquire, contact_point, informing_due, reassign
from consents.services.stops import lift, lift_suppression, restrict, suppress
from consents.services.wordings import new_version

__all__ = [
    "acquire",
    "confirm",
    "contact_point",
    "end_of",
    "give",
    "informing_due",
    "invalidate",
    "lift",
    "lift_suppression",
    "new_version",
    "reassign",
    "refuse",
    "refuse_the_future",
    "restrict",
    "same_act",
    "suppress",
    "withdraw",
    "wording_shown",
]
