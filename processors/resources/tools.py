"""Tools and acceptances in files: facts alone, since answers and states are acts of their own."""

from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from audit.resources import AuditedResource
from processors.models import AutomationTool, Organisation, ProcessingAgreement, ToolAcceptance


class AutomationToolResource(AuditedResource):
    """Without its life and the answer about its agreement: a file neither verifies nor approves."""

    vendor = Field(
        attribute="vendor", column_name="vendor", widget=ForeignKeyWidget(Organisation, "slug")
    )
    agreement = Field(
        attribute="agreement",
        column_name="agreement",
        widget=ForeignKeyWidget(ProcessingAgreement, "reference"),
    )

    class Meta:
        model = AutomationTool
        fields = (
            "uuid",
            "slug",
            "name",
            "kind",
            "vendor",
            "agreement",
            "records_calls",
            "uses_ai",
            "automated_decisions",
            "disclosure_pl",
            "disclosure_en",
            "recording_sentence_pl",
            "recording_sentence_en",
            "decision_safeguards",
            "ai_sentence_pl",
            "ai_sentence_en",
            "ai_vendor_clause",
            "emotion_agents_voice",
            "emotion_agents_face",
            "emotion_agents_text",
            "emotion_customers_voice",
            "emotion_customers_face",
            "emotion_customers_text",
            "emotion_notice_pl",
            "emotion_notice_en",
            "dpia_location",
        )


class ToolAcceptanceResource(AuditedResource):
    tool = Field(
        attribute="tool", column_name="tool", widget=ForeignKeyWidget(AutomationTool, "slug")
    )
    client = Field(
        attribute="client", column_name="client", widget=ForeignKeyWidget(Organisation, "slug")
    )

    class Meta:
        model = ToolAcceptance
        fields = ("uuid", "tool", "client", "accepted_on", "accepted_by", "reference", "until")
