"""What a form must show before anybody can consent (Art. 7(2), 13)."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.paging import page, queried
from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from consents.api.reading.examples import WORDINGS
from consents.api.reading.serializers import WordingPageSerializer, WordingQuerySerializer
from consents.models import ConsentWording, LeadSource, SourceWording
from consents.record import notices_about
from processing.api.purposes import granted_purpose
from processing.models import Purpose, held_at


class WordingsView(ApiView):
    @extend_schema(
        operation_id="list_wordings",
        summary="What a form must show for a purpose on a channel",
        tags=["registers"],
        parameters=[WordingQuerySerializer],
        responses={200: WordingPageSerializer, 400: ProblemSerializer, 404: ProblemSerializer},
        examples=[OpenApiExample("wordings", WORDINGS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Wordings that a source of the controller shows now, each with the sources that do.

        Show the text to the letter and send its `uuid` back with the event.
        """
        query = queried(request, WordingQuerySerializer)
        purpose = granted_purpose(self.client, query["purpose"])
        shown = _shown(purpose, query, timezone.now())
        found = {**page(request, shown, "uuid", query), "notices": notices_about(purpose)}
        return Response(WordingPageSerializer(found).data)


def _shown(purpose: Purpose, query: dict[str, Any], moment: datetime) -> QuerySet[ConsentWording]:
    showings = SourceWording.objects.filter(held_at(moment, "shown_from", "shown_until"))
    if "source" in query:
        showings = showings.filter(source=_source(purpose, query["source"]))
    wordings = ConsentWording.objects.filter(
        pk__in=showings.values("wording"), purpose=purpose, channel=query["channel"]
    )
    if "language" in query:
        wordings = wordings.filter(language=query["language"])
    showing = showings.select_related("source").order_by("source__slug")
    return wordings.select_related("purpose").prefetch_related(
        "controllers", Prefetch("shown", showing, to_attr="showing")
    )


def _source(purpose: Purpose, slug: str) -> LeadSource:
    """The source of the purpose's controller; raises NotFound, alike for those of others."""
    sources = LeadSource.objects.filter(controller=purpose.activity.controller_id, slug=slug)
    if found := sources.first():
        return found
    raise NotFound
