from django.urls import path

from feed.api.acks import AcksView
from feed.api.events import EventsView

urlpatterns = [
    path("events/", EventsView.as_view(), name="api_events"),
    path("feed/acks/", AcksView.as_view(), name="api_feed_acks"),
]
