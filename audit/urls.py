"""Screens of oversight that belong to no register; the admin site mounts them."""

from django.urls import path

from audit.admin import acknowledgements, my_jobs, results, trail

admin_urls = [
    path("jobs/", my_jobs.my_jobs_view, name="audit_my_jobs"),
    path("jobs/files/<uuid:uuid>/", results.result_view, name="audit_result"),
    path("trail/", trail.trail_view, name="audit_trail"),
    path(
        "findings/<slug:code>/<int:pk>/acknowledge/",
        acknowledgements.acknowledge_view,
        name="audit_acknowledge",
    ),
    path("trail/export/", trail.export_view, name="audit_trail_export"),
]
