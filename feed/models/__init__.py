"""What goes out to those who follow the changes."""

from feed.models.entries import FeedEntry, FeedEntryQuerySet, FeedHead
from feed.models.followers import Acknowledgement, Follower, FollowerQuerySet
from feed.models.webhooks import Delivery, WebhookEndpoint

__all__ = [
    "Acknowledgement",
    "Delivery",
    "FeedEntry",
    "FeedEntryQuerySet",
    "FeedHead",
    "Follower",
    "FollowerQuerySet",
    "WebhookEndpoint",
]
