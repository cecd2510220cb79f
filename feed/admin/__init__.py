"""The room of the feed in the admin, one file per meaning."""

from feed.admin import deliveries, followers, webhooks

__all__ = ["deliveries", "followers", "webhooks"]
