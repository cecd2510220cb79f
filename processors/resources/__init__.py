"""The registers of this room in files, one module per register."""

from processors.resources.agreements import (
    AgreementClauseResource,
    ProcessingAgreementResource,
    SubProcessorResource,
    TransferResource,
)
from processors.resources.organisations import OrganisationResource

__all__ = [
    "AgreementClauseResource",
    "OrganisationResource",
    "ProcessingAgreementResource",
    "SubProcessorResource",
    "TransferResource",
]
