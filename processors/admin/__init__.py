"""Controllers and processors in the admin, one file per register."""

from processors.admin import agreements, clauses, documents, tools, transfers
from processors.admin.organisations import OrganisationAdmin

__all__ = ["OrganisationAdmin", "agreements", "clauses", "documents", "tools", "transfers"]
