from processing.admin.activities import ProcessingActivityAdmin
from processing.admin.catalogues import RecipientAdmin, RetentionTriggerAdmin
from processing.admin.grants import ClientGrantAdmin, PurposeGrantAdmin
from processing.admin.parts import (
    ActivityProcessorAdmin,
    ActivityRecipientAdmin,
    ActivityToolAdmin,
    ActivityTransferAdmin,
    RetentionRuleAdmin,
)
from processing.admin.purposes import PurposeAdmin
from processing.admin.rules import ChannelRuleAdmin

__all__ = [
    "ActivityProcessorAdmin",
    "ActivityRecipientAdmin",
    "ActivityToolAdmin",
    "ActivityTransferAdmin",
    "ChannelRuleAdmin",
    "ClientGrantAdmin",
    "ProcessingActivityAdmin",
    "PurposeAdmin",
    "PurposeGrantAdmin",
    "RecipientAdmin",
    "RetentionRuleAdmin",
    "RetentionTriggerAdmin",
]
