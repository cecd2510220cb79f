from accounts.models.clients import ApiClient, ApiKey, ApiUsage
from accounts.models.idempotency import IdempotencyKey
from accounts.models.users import User, UserManager, UserQuerySet

__all__ = [
    "ApiClient",
    "ApiKey",
    "ApiUsage",
    "IdempotencyKey",
    "User",
    "UserManager",
    "UserQuerySet",
]
