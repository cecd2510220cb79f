"""The notice that a form or an agent has to show or name (Art. 13, 14)."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.paging import queried
from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from notices.api.serializers import NoticeQuerySerializer, NoticeSerializer
from notices.models import Notice, NoticeVersion

NOTICE = {
    "slug": "klienci",
    "controller": "centrum",
    "article": "13",
    "name": {"pl": "Klauzula dla klientów", "en": "Notice for customers"},
    "audience": {"pl": "Dla klientów.", "en": "For customers."},
    "version": 3,
    "uuid": "4f7c2d0e-6f0b-4f0e-9b1e-0c1f2a3b4c5d",
    "status": "in_force",
    "effective_from": "2026-10-01T00:00:00Z",
    "effective_until": None,
    "text": {"pl": "## Administrator danych …", "en": "## Controller …"},
    "sha256": "9f2feb0f1ef425b292f2f94bd8a3a5d0b5f3a1c6d3f4e5a6b7c8d9e0f1a2b3c4",
    "purposes": ["marketing-own"],
    "url": "https://rodo.example/n/klienci/",
}


class NoticeView(ApiView):
    @extend_schema(
        operation_id="read_notice",
        summary="A privacy notice, word by word",
        tags=["registers"],
        parameters=[NoticeQuerySerializer],
        responses={200: NoticeSerializer, 400: ProblemSerializer, 404: ProblemSerializer},
        examples=[OpenApiExample("notice", NOTICE, response_only=True)],
    )
    def get(self, request: Request, slug: str) -> Response:
        """What was published is public: every client may read it."""
        query = queried(request, NoticeQuerySerializer)
        notice = get_object_or_404(Notice.objects.select_related("controller"), slug=slug)
        version = _version(notice, query.get("version"))
        shown = NoticeSerializer(version, context={"request": request})
        return Response(shown.data)


def _version(notice: Notice, number: int | None) -> NoticeVersion:
    """The one of that number; else the one in force, else the one that was last."""
    published = notice.versions.published()
    if number is not None:
        return get_object_or_404(published, number=number)
    begun = published.filter(effective_from__lte=timezone.now()).order_by("-number")
    found = begun.in_force().first() or begun.first()
    if found is None:
        raise NotFound
    return found
