"""Long work, for whoever waits for it: their own jobs, and all of them for who keeps the house."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from audit import display, jobs, progress
from audit.admin.my_jobs import files_of
from audit.admin.records import ReadOnlyAdmin
from audit.choices import JobState
from audit.jobs import kind_of
from audit.models import Job
from audit.verbs import Link

SECONDS_BETWEEN_LOOKS = "2"


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Kinds of which there are jobs, by the name that screens give them."""
        found = Job.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return [(name, kind_of(Job(kind=name)).label or name) for name in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class OwnerFilter(admin.SimpleListFilter):
    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """People who ever ordered a job, and the schedule that belongs to nobody."""
        ids = Job.objects.order_by().values("owner").distinct()
        people = get_user_model()._default_manager.filter(pk__in=ids).order_by("email")
        return [*((str(each.pk), str(each)) for each in people), ("0", _("Daily schedule"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not (self.value() or "").isdecimal():
            return queryset
        return queryset.filter(owner=int(self.value()) or None)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = (
        "label",
        "kind_label",
        "state_badge",
        "whose",
        "how_far",
        "started",
        "finished",
    )
    list_display_links = ("label",)
    list_filter = (KindFilter, "state", OwnerFilter)
    list_select_related = ("owner",)
    sortable_by = ()

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/cancel/", wrap(self.cancel_view), name="audit_job_cancel"),
            path("<int:pk>/retry/", wrap(self.retry_view), name="audit_job_retry"),
            *super().get_urls(),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active

    def changelist_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """The jobs of all, for who keeps the house; everybody has ``my_jobs`` for their own."""
        if not request.user.has_perm("audit.view_job"):
            raise PermissionDenied
        return super().changelist_view(request, *args, **options)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """All jobs for who may view jobs, else one's own alone."""
        every = super().get_queryset(request)
        if request.user.has_perm("audit.view_job"):
            return every
        return every.filter(owner=request.user)

    @admin.display(description=_("State"))
    def state_badge(self, job: Job) -> str:
        return progress.badge(job)

    @admin.display(description=_("Kind"))
    def kind_label(self, job: Job) -> str:
        return kind_of(job).label or job.kind

    @admin.display(description=_("Owner"))
    def whose(self, job: Job) -> str:
        return str(job.owner or kind_of(job).ordered_by(job) or _("Daily schedule"))

    @admin.display(description=_("Rows"))
    def how_far(self, job: Job) -> str:
        done, total = display.number(job.done or None), display.number(job.total)
        if not job.total or job.done == job.total:
            return done
        left = progress.of(job).left
        return f"{done} / {total}" + (f" · {left}" if left else "")

    @admin.display(description=_("Started"))
    def started(self, job: Job) -> str:
        return display.moment(job.started_at) or "–"

    @admin.display(description=_("Finished"))
    def finished(self, job: Job) -> str:
        return display.moment(job.finished_at) or "–"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        job = self.get_object(request, object_id)
        if job is None:
            raise Http404
        response = TemplateResponse(request, "admin/job.html", self._page(request, job))
        if job.state in (JobState.QUEUED, JobState.RUNNING):
            # A header instead of a script: the page looks again by itself.
            response["Refresh"] = SECONDS_BETWEEN_LOOKS
        return response

    def _page(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": job,
            "opts": self.opts,
            "job": job,
            "badge": progress.badge(job),
            "kind": kind_of(job),
            "progress": progress.of(job),
            "about": kind_of(job).page_url(job) if job.owner == request.user else "",
            "files": files_of(job, request.user),
            "verbs": list(self._offered(job)),
        }

    def _offered(self, job: Job) -> Any:
        def to(name: str) -> str:
            return reverse(f"admin:audit_job_{name}", args=[job.pk])

        if job.state in (JobState.QUEUED, JobState.RUNNING):
            yield Link(_("Stop"), to("cancel"), "cross", "danger", is_post=True)
        elif job.state != JobState.DONE:
            yield Link(_("Go on"), to("retry"), "arrow", is_post=True)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, jobs.cancel, _("It will stop after the present step."))

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, jobs.retry, _("It goes on where it stood."))

    def _act(self, request: HttpRequest, pk: int, act: Any, done: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        job = get_object_or_404(self.get_queryset(request), pk=pk)
        act(job)
        messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:audit_job_change", args=[pk]))
