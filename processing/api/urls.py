from django.urls import path

from processing.api.views import ChannelsView, PurposesView

urlpatterns = [
    path("purposes/", PurposesView.as_view(), name="api_purposes"),
    path("channels/", ChannelsView.as_view(), name="api_channels"),
]
