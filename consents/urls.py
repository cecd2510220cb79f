"""Screens of this room that belong to no register; the admin site puts them into its namespace."""

from django.urls import path

from consents.admin.heard import heard_view, record_view

admin_urls = [
    path("consents/heard/", heard_view, name="consents_heard"),
    path("consents/record/", record_view, name="consents_record"),
]
