"""A register's list as somebody asked for it on screen, made again by the worker in their name."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from audit.jobs import Failed
from audit.models import Job


def params_of(request: HttpRequest, model_admin: admin.ModelAdmin) -> dict[str, Any]:
    """The list of ``model_admin`` under ``request``, as the parameters of a job keep it."""
    return {"register": model_admin.opts.label_lower, "query": request.GET.urlencode()}


def admin_of(job: Job) -> Any:
    """The screen of the register that ``job`` works on."""
    return register(job.params["register"])


def register(label: str) -> Any:
    """The screen of the register ``label`` (``app.model``)."""
    found = {each.opts.label_lower: each for each in admin.site._registry.values()}
    return found[label]


def request_of(job: Job, reader: Any = None) -> HttpRequest:
    """A request as the owner's own, for the filters and the permissions that it stands for.

    ``reader`` is that owner where they are at hand, with rights that are read already. Raises
    Failed where the owner may not work here any more.
    """
    owner = reader or job.owner
    if owner is None or not owner.is_active:
        raise Failed(_("Whoever ordered this may not work here any more."))
    request = HttpRequest()
    request.method, request.user = "GET", owner
    request.GET = QueryDict(job.params["query"])
    return request


def rows_of(model_admin: Any, request: HttpRequest) -> QuerySet:
    """The rows under the filters of ``request``."""
    return model_admin.get_changelist_instance(request).get_queryset(request)
