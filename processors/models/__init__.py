"""What the centre knows of the companies it deals with: one file per meaning."""

from processors.models.acceptances import ToolAcceptance
from processors.models.agreements import (
    AgreementClause,
    ClauseItem,
    ProcessingAgreement,
)
from processors.models.documents import AgreementDocument, DocumentCheck
from processors.models.organisations import (
    DILIGENCE_RECORDED,
    Organisation,
    OrganisationQuerySet,
    validate_nip,
)
from processors.models.tools import AutomationTool
from processors.models.transfers import AdequacyDecision, SubProcessor, Transfer

__all__ = [
    "DILIGENCE_RECORDED",
    "AdequacyDecision",
    "AgreementClause",
    "AgreementDocument",
    "AutomationTool",
    "ClauseItem",
    "DocumentCheck",
    "Organisation",
    "OrganisationQuerySet",
    "ProcessingAgreement",
    "SubProcessor",
    "ToolAcceptance",
    "Transfer",
    "validate_nip",
]
