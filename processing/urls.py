"""Screens of this room that belong to no register; the admin site puts them into its namespace."""

from django.urls import URLPattern, path

from processing import views
from processing.record import Kind


def _of(kind: Kind) -> list[URLPattern]:
    """A record's page, its PDF and its workbook."""
    at, given = f"processing/record/{kind.value}/", {"kind": kind}
    return [
        path(at, views.record_view, given, name=f"processing_{kind.value}"),
        path(f"{at}pdf/", views.pdf_view, given, name=f"processing_{kind.value}_pdf"),
        path(f"{at}xlsx/", views.book_view, given, name=f"processing_{kind.value}_xlsx"),
    ]


admin_urls = [
    *_of(Kind.RCP),
    *_of(Kind.RKCP),
    path("processing/record/import/", views.import_view, name="processing_record_import"),
    path("processing/record/confirm/", views.confirm_view, name="processing_record_confirm"),
]
