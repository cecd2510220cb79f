from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from audit.resources import AuditedResource
from processing.models import ChannelRule, ProcessingActivity, Purpose
from processors.models import Organisation


class ProcessingActivityResource(AuditedResource):
    controller = Field(
        attribute="controller",
        column_name="controller",
        widget=ForeignKeyWidget(Organisation, "slug"),
    )

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

    activity = Field(
        attribute="activity",
        column_name="activity",
        widget=ForeignKeyWidget(ProcessingActivity, "uuid"),
    )

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
