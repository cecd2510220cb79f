"""Screens of this room that belong to no register; the admin site puts them into its namespace."""

from django.urls import path

from consents.admin import importing
from consents.admin.heard import heard_view, record_view

admin_urls = [
    path("consents/heard/", heard_view, name="consents_heard"),
    path("consents/record/", record_view, name="consents_record"),
    path("consents/import/", importing.import_view, name="consents_import"),
    path("consents/import/<uuid:uuid>/", importing.import_file_view, name="consents_import_file"),
    path(
        "consents/import/<uuid:uuid>/columns/",
        importing.import_columns_view,
        name="consents_import_columns",
    ),
    path(
        "consents/import/<uuid:uuid>/confirm/",
        importing.import_confirm_view,
        name="consents_import_confirm",
    ),
    path(
        "consents/import/<uuid:uuid>/abandon/",
        importing.import_abandon_view,
        name="consents_import_abandon",
    ),
    path(
        "consents/import/<uuid:uuid>/rejects/",
        importing.import_rejects_view,
        name="consents_import_rejects",
    ),
]
