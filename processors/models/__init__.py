"""What the centre knows of the companies it deals with: one file per meaning."""

from processors.models.organisations import (
    DILIGENCE_RECORDED,
    Organisation,
    OrganisationQuerySet,
    validate_nip,
)

__all__ = [
    "DILIGENCE_RECORDED",
    "Organisation",
    "OrganisationQuerySet",
    "validate_nip",
]
