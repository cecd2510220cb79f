from accounts.models.clients import ApiClient, ApiKey, ApiUsage
from accounts.models.users import User, UserManager, UserQuerySet

__all__ = ["ApiClient", "ApiKey", "ApiUsage", "User", "UserManager", "UserQuerySet"]
