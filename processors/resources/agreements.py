"""Agreements and what hangs on them, in files: parties by their key, clauses by theirs."""

from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from audit.resources import AuditedResource
from processors.models import (
    AgreementClause,
    ClauseItem,
    Organisation,
    ProcessingAgreement,
    SubProcessor,
    Transfer,
)


def party(name: str) -> Field:
    return Field(attribute=name, column_name=name, widget=ForeignKeyWidget(Organisation, "slug"))


def agreement() -> Field:
    return Field(
        attribute="agreement",
        column_name="agreement",
        widget=ForeignKeyWidget(ProcessingAgreement, "reference"),
    )


class ProcessingAgreementResource(AuditedResource):
    controller = party("controller")
    processor = party("processor")

    class Meta:
        model = ProcessingAgreement
        fields = (
            "uuid",
            "reference",
            "controller",
            "processor",
            "form",
            "nullity_clause",
            "signed_on",
            "in_force_from",
            "in_force_until",
            "subject_matter",
            "duration",
            "nature_and_purpose",
            "data_types",
            "people",
            "controller_rights",
            "sub_processing",
            "objection_days",
            "breach_notice_hours",
            "terminated_on",
            "returned",
            "return_proof",
        )


class AgreementClauseResource(AuditedResource):
    agreement = agreement()
    item = Field(attribute="item", column_name="item", widget=ForeignKeyWidget(ClauseItem, "slug"))

    class Meta:
        model = AgreementClause
        fields = ("uuid", "agreement", "item", "found_at", "is_missing", "note")


class SubProcessorResource(AuditedResource):
    agreement = agreement()
    organisation = party("organisation")

    class Meta:
        model = SubProcessor
        fields = (
            "uuid",
            "agreement",
            "organisation",
            "subject",
            "authorised_on",
            "since",
            "until",
        )


class TransferResource(AuditedResource):
    organisation = party("organisation")
    agreement = agreement()

    class Meta:
        model = Transfer
        fields = (
            "uuid",
            "organisation",
            "country",
            "agreement",
            "mechanism",
            "scc_module",
            "tia_on",
            "tia_note",
            "checked_on",
            "review_on",
            "fallback",
            "derogation_reason",
            "since",
            "until",
        )
