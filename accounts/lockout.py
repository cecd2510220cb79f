from datetime import timedelta

from django.http import HttpRequest


def cooloff(request: HttpRequest) -> timedelta:
    """How long a locked account and address wait: 15 minutes."""
    return timedelta(minutes=15)
