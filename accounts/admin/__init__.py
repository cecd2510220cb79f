from accounts.admin.clients import ApiClientAdmin
from accounts.admin.keys import ApiKeyAdmin
from accounts.admin.users import UserAdmin

__all__ = ["ApiClientAdmin", "ApiKeyAdmin", "UserAdmin"]
