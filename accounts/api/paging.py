"""Lists, a page at a time: ``after`` names the last one seen, ``next`` leads on."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from accounts.api.serializers import Strict

USUAL, MOST = 100, 1000


class PageQuerySerializer(Strict):
    """How many to give at once; each list says by what it goes on."""

    limit = serializers.IntegerField(
        min_value=1, max_value=MOST, default=USUAL, help_text="How many to give at once."
    )


class PageSerializer(serializers.Serializer):
    """One page; each list adds its ``results``."""

    next = serializers.URLField(
        allow_null=True, help_text="Where the next page is; null on the last one."
    )


def queried(request: Request, kind: type[Strict]) -> dict[str, Any]:
    """The query of ``request`` as ``kind`` reads it.

    Raises ValidationError for what is unknown, empty or given twice.
    """
    given = request.query_params
    if twice := [name for name, values in given.lists() if len(values) > 1]:
        message = ErrorDetail(_("Give it once."), "repeated")
        raise serializers.ValidationError(dict.fromkeys(twice, message))
    # A plain dict: of a form, the framework takes an empty value for one that is not there.
    query = kind(data=given.dict(), context={"is_text": True})
    query.is_valid(raise_exception=True)
    return query.validated_data


def page(request: Request, rows: QuerySet, by: str, query: dict[str, Any]) -> dict[str, Any]:
    """The page of ``rows`` that ``query`` asks for, in the order of the unique field ``by``."""
    rows = rows.order_by(by)
    if after := query.get("after"):
        rows = rows.filter(**{f"{by}__gt": after})
    limit = query["limit"]
    found = list(rows[: limit + 1])
    more = found[limit:] and _onwards(request, getattr(found[limit - 1], by))
    return {"next": more or None, "results": found[:limit]}


def _onwards(request: Request, last: Any) -> str:
    return replace_query_param(request.build_absolute_uri(), "after", str(last))
