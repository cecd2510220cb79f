"""Results of jobs that belong to no app's own page: downloaded by whoever ordered them."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from audit import results
from audit.jobs import kind_of
from audit.models import ResultFile


def url_of(result: ResultFile) -> str:
    return reverse("admin:audit_result", args=[result.uuid])


def result_view(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The file, logged as its job's parameters say; 404 for everybody whose it is not."""
    if request.method != "GET":
        raise Http404
    result = ResultFile.objects.select_related("job__owner").filter(uuid=uuid).first()
    if result is None:
        return results.served(request, None, action="", subject="")
    if kind_of(result.job).download_url(request.user, result) != url_of(result):
        raise Http404
    return results.served(request, result, **result.job.params["access"])
