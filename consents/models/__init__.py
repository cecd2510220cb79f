from consents.models.events import (
    NEVER,
    Consent,
    ConsentEvent,
    Evidence,
    commitment,
    given_during,
)
from consents.models.imports import ConsentImport, MappingPreset
from consents.models.letters import LETTERS_A_DAY, LINK_HOLDS, ConfirmationLetter
from consents.models.outbox import OutboxNote
from consents.models.people import LIVE, ContactPoint, DataSubject
from consents.models.sources import Acquisition, LeadSource, SourceWording, month_after
from consents.models.staging import StagedAct, StagedContact, StagedReject
from consents.models.stops import Restriction, Suppression
from consents.models.wordings import ConsentWording, NamedController, WordingReview

# The tables that an import may multiply.
LARGE = (
    DataSubject,
    ContactPoint,
    Acquisition,
    ConsentEvent,
    Consent,
    Restriction,
    Suppression,
)

__all__ = [
    "LARGE",
    "LETTERS_A_DAY",
    "LINK_HOLDS",
    "LIVE",
    "NEVER",
    "Acquisition",
    "ConfirmationLetter",
    "Consent",
    "ConsentEvent",
    "ConsentImport",
    "ConsentWording",
    "ContactPoint",
    "DataSubject",
    "Evidence",
    "LeadSource",
    "MappingPreset",
    "NamedController",
    "OutboxNote",
    "Restriction",
    "SourceWording",
    "StagedAct",
    "StagedContact",
    "StagedReject",
    "Suppression",
    "WordingReview",
    "commitment",
    "given_during",
    "month_after",
]
