from django.db.models import Model
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from audit.resources import AuditedResource
from processing.models import (
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ChannelRule,
    ProcessingActivity,
    Purpose,
    Recipient,
    RetentionRule,
    RetentionTrigger,
)
from processors.models import AutomationTool, Organisation, ProcessingAgreement, Transfer


def pointing(name: str, model: type[Model], by: str) -> Field:
    """A column that names a record of ``model`` by its key ``by``."""
    return Field(attribute=name, column_name=name, widget=ForeignKeyWidget(model, by))


class ProcessingActivityResource(AuditedResource):
    controller = pointing("controller", Organisation, "slug")

    class Meta:
        model = ProcessingActivity
        fields = (
            "uuid",
            "number",
            "name_pl",
            "name_en",
            "controller",
            "joint_controllers",
            "unit",
            "subjects_pl",
            "subjects_en",
            "data_pl",
            "data_en",
            "special_data",
            "recipients_pl",
            "recipients_en",
            "transfers_pl",
            "transfers_en",
            "transfer_safeguards",
            "retention_pl",
            "retention_en",
            "security_pl",
            "security_en",
            "source_pl",
            "source_en",
            "processing_pl",
            "processing_en",
            "systems",
            "dpia_needed",
            "dpia_location",
            "active_from",
            "active_until",
        )


class PurposeResource(AuditedResource):
    """Without the approval as service: that is an act of its own (``approve_as_service``)."""

    activity = pointing("activity", ProcessingActivity, "uuid")

    class Meta:
        model = Purpose
        fields = (
            "uuid",
            "slug",
            "activity",
            "name_pl",
            "name_en",
            "description_pl",
            "description_en",
            "basis",
            "basis_law",
            "campaign",
            "nature",
            "special_condition",
            "active_from",
            "active_until",
        )


class ChannelRuleResource(AuditedResource):
    class Meta:
        model = ChannelRule
        fields = (
            "uuid",
            "slug",
            "channel",
            "regime",
            "protects",
            "consent_required",
            "provision_pl",
            "provision_en",
            "valid_from",
            "valid_until",
        )


# What activities involve --------------------------------------------------------------------------

PERIOD = ("since", "until")


class PartResource(AuditedResource):
    activity = pointing("activity", ProcessingActivity, "uuid")


class ActivityProcessorResource(PartResource):
    organisation = pointing("organisation", Organisation, "slug")
    agreement = pointing("agreement", ProcessingAgreement, "reference")

    class Meta:
        model = ActivityProcessor
        fields = ("uuid", "activity", "organisation", "agreement", *PERIOD)


class ActivityToolResource(PartResource):
    tool = pointing("tool", AutomationTool, "slug")

    class Meta:
        model = ActivityTool
        fields = ("uuid", "activity", "tool", *PERIOD)


class ActivityRecipientResource(PartResource):
    recipient = pointing("recipient", Recipient, "slug")

    class Meta:
        model = ActivityRecipient
        fields = ("uuid", "activity", "recipient", *PERIOD)


class ActivityTransferResource(PartResource):
    transfer = pointing("transfer", Transfer, "uuid")

    class Meta:
        model = ActivityTransfer
        fields = ("uuid", "activity", "transfer", *PERIOD)


class RetentionRuleResource(PartResource):
    trigger = pointing("trigger", RetentionTrigger, "slug")

    class Meta:
        model = RetentionRule
        fields = (
            "uuid",
            "activity",
            "what_pl",
            "what_en",
            "period",
            "unit",
            "to_year_end",
            "trigger",
            "action",
            "legal_hold",
            "basis",
            *PERIOD,
        )


class RecipientResource(AuditedResource):
    organisation = pointing("organisation", Organisation, "slug")

    class Meta:
        model = Recipient
        fields = ("uuid", "slug", "name_pl", "name_en", "organisation")


class RetentionTriggerResource(AuditedResource):
    class Meta:
        model = RetentionTrigger
        fields = (
            "uuid",
            "slug",
            "name_pl",
            "name_en",
            "phrase_pl",
            "phrase_en",
            "position",
            "active",
        )
