"""The record of processing activities (Art. 30) and the law behind the channels."""

from processing.models.activities import ActivityQuerySet, ProcessingActivity
from processing.models.channels import ChannelRule
from processing.models.grants import ClientGrant, PurposeGrant
from processing.models.parts import (
    ActivityPart,
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    Recipient,
)
from processing.models.periods import held_at, within
from processing.models.purposes import Purpose, PurposeQuerySet
from processing.models.retention import RetentionRule, RetentionTrigger

__all__ = [
    "ActivityPart",
    "ActivityProcessor",
    "ActivityQuerySet",
    "ActivityRecipient",
    "ActivityTool",
    "ActivityTransfer",
    "ChannelRule",
    "ClientGrant",
    "ProcessingActivity",
    "Purpose",
    "PurposeGrant",
    "PurposeQuerySet",
    "Recipient",
    "RetentionRule",
    "RetentionTrigger",
    "held_at",
    "within",
]
