"""Controllers and processors in the admin, one file per register."""

from processors.admin.organisations import OrganisationAdmin

__all__ = ["OrganisationAdmin"]
