"""Screens of oversight that belong to no register; the admin site mounts them."""

from django.urls import path

from audit.admin import trail

admin_urls = [
    path("trail/", trail.trail_view, name="audit_trail"),
    path("trail/export/", trail.export_view, name="audit_trail_export"),
]
