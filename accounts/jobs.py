"""What the worker does for this room."""

from accounts.models import IdempotencyKey
from audit.jobs import sweep


@sweep
def forget_old_answers() -> None:
    """After 30 days a key is as good as new."""
    IdempotencyKey.objects.expired().delete()
