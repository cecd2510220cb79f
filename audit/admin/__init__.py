from audit.admin.documents import PdfMixin, as_pdf
from audit.admin.files import AuditedExportMixin, AuditedImportExportMixin
from audit.admin.jobs import JobAdmin
from audit.admin.logs import AccessEventAdmin
from audit.admin.records import AuditedAdmin, AuditedInline, HouseAdmin, ReadOnlyAdmin
from audit.verbs import Link, ReasonedForm, Verb, VerbForm, VerbsAdmin

__all__ = [
    "AccessEventAdmin",
    "AuditedAdmin",
    "AuditedExportMixin",
    "AuditedImportExportMixin",
    "AuditedInline",
    "HouseAdmin",
    "JobAdmin",
    "Link",
    "PdfMixin",
    "ReadOnlyAdmin",
    "ReasonedForm",
    "Verb",
    "VerbForm",
    "VerbsAdmin",
    "as_pdf",
]
