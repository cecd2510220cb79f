"""Screens of this room; the admin site puts them into its namespace."""

from django.urls import path

from screening.handover import handover_view
from screening.views import check_view, download_view, list_view

admin_urls = [
    path("screening/check/", check_view, name="screening_check"),
    path("screening/lists/", list_view, name="screening_list"),
    path("screening/lists/hand-over/", handover_view, name="screening_handover"),
    path("screening/lists/download/", download_view, name="screening_download"),
]
