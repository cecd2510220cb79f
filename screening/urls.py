"""Screens of this room; the admin site puts them into its namespace."""

from django.urls import path

from screening.dialling.views import dial_list_view, drop_view, files_view, upload_view
from screening.floor import list_view, make_view
from screening.handover import handover_view
from screening.made import download_view, made_view, recall_view
from screening.views import check_view

admin_urls = [
    path("screening/check/", check_view, name="screening_check"),
    path("screening/lists/", list_view, name="screening_list"),
    path("screening/lists/hand-over/", handover_view, name="screening_handover"),
    path("screening/lists/make/", make_view, name="screening_make"),
    path("screening/lists/<uuid:uuid>/", made_view, name="screening_made"),
    path("screening/lists/<uuid:uuid>/download/", download_view, name="screening_download"),
    path("screening/lists/<uuid:uuid>/recall/", recall_view, name="screening_recall"),
    path("screening/dial-lists/", upload_view, name="screening_dialling"),
    path("screening/dial-lists/<uuid:uuid>/", dial_list_view, name="screening_dial_list"),
    path("screening/dial-lists/<uuid:uuid>/drop/", drop_view, name="screening_dial_list_drop"),
    path(
        "screening/dial-lists/<uuid:uuid>/files/<slug:which>/",
        files_view,
        name="screening_dial_list_files",
    ),
]
