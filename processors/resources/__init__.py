"""The registers of this room in files, one module per register."""

from processors.resources.agreements import (
    AgreementClauseResource,
    ProcessingAgreementResource,
    SubProcessorResource,
    TransferResource,
)
from processors.resources.organisations import OrganisationResource
from processors.resources.tools import AutomationToolResource, ToolAcceptanceResource

__all__ = [
    "AgreementClauseResource",
    "AutomationToolResource",
    "OrganisationResource",
    "ProcessingAgreementResource",
    "SubProcessorResource",
    "ToolAcceptanceResource",
    "TransferResource",
]
