"""Many documents at once: a PDF of each record on a list, as one ZIP that the worker makes."""

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import jobs, pdf, results
from audit.admin import asked
from audit.admin.results import url_of
from audit.choices import AccessAction
from audit.jobs import Failed, Work
from audit.models import Job, ResultFile

KIND = "audit.pdf_pack"
CHUNK = 64 * 1024  # bytes


def order(request: HttpRequest, model_admin: Any, *, language: str) -> Job:
    """Have the documents of the list under the filters of ``request`` made."""
    opts = model_admin.opts
    params = {
        **asked.params_of(request, model_admin),
        "language": language,
        "access": {
            "action": AccessAction.DOWNLOAD.value,
            "subject": opts.label_lower,
            "filters": {**request.GET.dict(), "format": "pdf", "language": language},
        },
    }
    label = _("PDF documents: {register}").format(register=opts.verbose_name_plural)
    return jobs.enqueue(KIND, label=label, owner=request.user, params=params)


def _url(user: Any, result: ResultFile) -> str:
    """Its owner's alone, while they may still see the register."""
    job = result.job
    if job.owner_id != user.pk:
        return ""
    may = asked.admin_of(job).has_view_permission(asked.request_of(job, user))
    return url_of(result) if may else ""


@jobs.job_kind(KIND, label=gettext_lazy("Pack of PDF documents"), url=_url, counts_rows=False)
def pack(work: Work) -> dict[str, int]:
    """Draw each document, in the rights that the owner has when it is drawn."""
    job = work.job
    drawing = _Pack(work)
    results.keep(
        job,
        name=f"{slugify(drawing.admin.opts.model_name)}-{timezone.localdate():%Y-%m-%d}.zip",
        content_type="application/zip",
        chunks=drawing.chunks(),
        expires_at=timezone.now() + timedelta(hours=settings.RESULT_KEEP_HOURS),
        rows=len(drawing.keys),
    )
    return {"documents": len(drawing.keys)}


class _Pack:
    """The documents of one list. Raises Failed where there is none, or the rights are gone."""

    def __init__(self, work: Work) -> None:
        self.work, self.language = work, work.job.params["language"]
        self.admin, self.request = asked.admin_of(work.job), asked.request_of(work.job)
        if said := pdf.missing():
            raise Failed(said)
        if not self.admin.has_view_permission(self.request):
            raise Failed(_("You may no longer see this register."))
        rows = asked.rows_of(self.admin, self.request)
        self.keys = list(rows.values_list("pk", flat=True))
        if not self.keys:
            raise Failed(_("There is nothing on this list. Clear the filters."))
        self.request.GET = QueryDict(f"language={self.language}")

    def chunks(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, document in self._documents():
                    archive.writestr(name, document)
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk

    def _documents(self) -> Iterator[tuple[str, bytes]]:
        self.work.progress(0, total=len(self.keys))
        taken: set[str] = set()
        for number, key in enumerate(self.keys, 1):
            record = self.admin.get_queryset(self.request).get(pk=key)
            name = slugify(self.admin.pdf_name(record))
            # Two records may be called alike; none may take the place of another.
            name = f"{name}-{number}" if name in taken else name
            taken.add(name)
            yield f"{name}.pdf", self._drawn(record)
            self.work.progress(number)

    def _drawn(self, record: Any) -> bytes:
        with translation.override(self.language):
            context = self.admin.pdf_context(self.request, record)
        return pdf.render(self.admin.pdf_template, context, language=self.language)
