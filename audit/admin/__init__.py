from audit.admin.records import AuditedAdmin, AuditedInline, HouseAdmin, ReadOnlyAdmin
from audit.verbs import Link, ReasonedForm, Verb, VerbForm, VerbsAdmin

__all__ = [
    "AuditedAdmin",
    "AuditedInline",
    "HouseAdmin",
    "Link",
    "ReadOnlyAdmin",
    "ReasonedForm",
    "Verb",
    "VerbForm",
    "VerbsAdmin",
]
