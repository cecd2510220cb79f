from processing.admin.activities import ProcessingActivityAdmin
from processing.admin.grants import PurposeGrantAdmin
from processing.admin.purposes import PurposeAdmin
from processing.admin.rules import ChannelRuleAdmin

__all__ = ["ChannelRuleAdmin", "ProcessingActivityAdmin", "PurposeAdmin", "PurposeGrantAdmin"]
