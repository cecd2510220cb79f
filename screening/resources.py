"""The decision log and the register of lists, to take away."""

from import_export import resources
from import_export.fields import Field

from screening.models import ContactList, Decision


class DecisionResource(resources.ModelResource):
    allowed = Field(attribute="allowed", column_name="allowed")
    denied = Field(attribute="denied", column_name="denied")

    class Meta:
        model = Decision
        fields = (
            "uuid",
            "recorded_at",
            "recorded_name",
            "way",
            "reason",
            "action",
            "subject",
            "filters",
            "allowed",
            "denied",
            "closed_by__rows",
            "closed_by__sha256",
        )


class ContactListResource(resources.ModelResource):
    class Meta:
        model = ContactList
        fields = (
            "uuid",
            "recorded_at",
            "recorded_name",
            "way",
            "reason",
            "kind",
            "purpose__slug",
            "channel",
            "tool__slug",
            "filters",
            "format",
            "as_of",
            "known_at",
            "valid_until",
            "allowed",
            "denied",
            "event__closed_by__sha256",
        )
