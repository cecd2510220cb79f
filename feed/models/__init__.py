"""What goes out to those who follow the changes."""

from feed.models.entries import FeedEntry, FeedHead
from feed.models.followers import Acknowledgement, Follower
from feed.models.webhooks import Delivery, WebhookEndpoint

__all__ = [
    "Acknowledgement",
    "Delivery",
    "FeedEntry",
    "FeedHead",
    "Follower",
    "WebhookEndpoint",
]
