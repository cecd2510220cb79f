"""The screening of a dial list as a job: two files and a manifest, or nothing."""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.api.quota import QuotaSpent, take
from accounts.choices import Scope
from accounts.models import ApiClient
from audit import results
from audit.act import acting
from audit.choices import Way
from audit.jobs import Cancelled, Failed, Work, enqueue, job_kind
from audit.models import Job, ResultFile
from audit.reading.errors import Refused
from processing.api.purposes import granted_purposes
from processing.choices import Channel
from processing.models import Purpose
from screening.dialling import tables, uploads
from screening.dialling.screening import Screening
from screening.export import BOM, FORMATS
from screening.forms import usable_by
from screening.models import DialList
from screening.pages import SCREEN
from screening.question import Question, Unanswerable, ask
from screening.verdict import list_valid_until

KIND = "screening.screen"
# How the two files are called after the campaign: every row, and those allowed alone.
WHOLE, DIALLED = "all", "allowed"
# What whoever brought the list says of it.
ASKED = ("column", "has_header", "purpose", "channel", "tool", "reason")


@transaction.atomic
def order(dial_list: DialList) -> Job:
    """Have it screened, now that its column, purpose and channel are known.

    A form that is sent twice orders once: the job is the first one.
    """
    if ordered := DialList.objects.select_for_update().get(pk=dial_list.pk).job:
        return ordered
    label = _("Screening: {purpose}, {channel}").format(
        purpose=dial_list.purpose.name, channel=Channel(dial_list.channel).label
    )
    dial_list.job = enqueue(KIND, label=label[:200], owner=dial_list.owner)
    dial_list.save(update_fields=[*ASKED, "job"])
    return dial_list.job


def files_of(dial_list: DialList) -> dict[str, ResultFile]:
    """The files that may still be taken away, by ``WHOLE`` and ``DIALLED``."""
    if not dial_list.job_id or not dial_list.contact_list_id:
        return {}
    found = ResultFile.objects.available().filter(job_id=dial_list.job_id)
    return {file.name.rpartition("-")[2].removesuffix(".csv"): file for file in found}


def _page_of(job: Job) -> str:
    found = DialList.objects.filter(job=job).first()
    return reverse("admin:screening_dial_list", args=[found.uuid]) if found else ""


def _client_of(job: Job) -> str:
    found = DialList.objects.select_related("client").filter(job=job).first()
    return found.client.name if found and found.client else ""


def _no_url(user: Any, result: ResultFile) -> str:
    """Taken away on the list's own page, which tells until when it may be called."""
    return ""


@job_kind(KIND, label=gettext_lazy("Screening"), url=_no_url, about=_page_of, whose=_client_of)
def screen(work: Work) -> dict[str, Any]:
    """Screen the kept bytes; what an attempt before this one finished is kept."""
    lists = DialList.objects.select_related(
        "owner", "client", "purpose__activity__controller", "tool"
    )
    dial_list = lists.get(job=work.job)
    try:
        if not dial_list.contact_list_id:
            with _in_the_name_of(dial_list.client):
                _screen(work, dial_list)
    except (Refused, Unanswerable) as refused:
        uploads.forget(dial_list)
        raise Failed(str(refused)) from refused
    except (Failed, Cancelled):
        uploads.forget(dial_list)
        raise
    uploads.forget(dial_list)
    return {"list": str(dial_list.contact_list.uuid), "rows": sum(dial_list.counts.values())}


def _in_the_name_of(client: ApiClient | None) -> AbstractContextManager[Any]:
    """As the client's own call; a job of a user is in their name already."""
    return acting(by=None, name=client.name, way=Way.API) if client else nullcontext()


def _screen(work: Work, dial_list: DialList) -> None:
    question = _asked(dial_list)
    try:
        with uploads.kept(dial_list) as path, tempfile.TemporaryFile() as dialled:
            _write(work, dial_list, question, path, dialled)
    except FileNotFoundError as error:
        raise Failed(_("The file has been erased. Upload it again.")) from error


def _asked(dial_list: DialList) -> Question:
    """The question as it stands now, in the rights that whoever brought the list has now."""
    purpose = dial_list.purpose
    if not _usable(dial_list).filter(pk=purpose.pk).exists():
        raise Failed(_("You may no longer screen lists for this purpose."))
    return ask(purpose, dial_list.channel, tool=dial_list.tool)


def _usable(dial_list: DialList) -> QuerySet[Purpose]:
    owner, client = dial_list.owner, dial_list.client
    if client:
        may = client.is_active and client.has_scope(Scope.SCREEN)
        return granted_purposes(client) if may else Purpose.objects.none()
    may = owner.is_active and owner.has_perm(SCREEN)
    return usable_by(owner) if may else Purpose.objects.none()


def _write(
    work: Work, dial_list: DialList, question: Question, path: str, dialled: IO[bytes]
) -> None:
    table = tables.opened(
        path, dial_list.file_name, encoding=dial_list.encoding, has_header=dial_list.has_header
    )
    work.progress(0, total=table.lines())
    if dial_list.client and not table.lines() and not dial_list.is_counted:
        _take(dial_list, table)
    screening = Screening(
        question,
        table,
        dial_list.column,
        reason=dial_list.reason,
        dialled=dialled,
        tell=work.tell,
    )
    # The mark of its encoding is for the spreadsheet that people open; diallers want none.
    whole = _keep(work, question, WHOLE, chain([BOM], screening.chunks()), lambda: screening.rows)
    dialled.seek(0)
    _keep(work, question, DIALLED, _pieces(dialled), lambda: screening.allowed)
    _remember(work, dial_list, screening, whole.sha256)


def _take(dial_list: DialList, table: tables.Table) -> None:
    """Count the rows of a spreadsheet, which nobody knew before it was read."""
    try:
        take(dial_list.client, sum(map(len, table.strides())))
    except QuotaSpent as spent:
        raise Failed(str(spent)) from spent
    dial_list.is_counted = True
    dial_list.save(update_fields=["is_counted"])


@transaction.atomic
def _remember(work: Work, dial_list: DialList, screening: Screening, sha256: str) -> None:
    """From here on the list may be taken away, and recalled."""
    work.progress(screening.rows, total=screening.rows)
    dial_list.counts = screening.told.counts
    dial_list.contact_list = screening.remember(sha256, work.job)
    dial_list.save(update_fields=["counts", "contact_list"])


def _keep(work: Work, question: Question, which: str, chunks: Any, rows: Any) -> ResultFile:
    day = timezone.localdate(question.at).isoformat()
    return results.keep(
        work.job,
        name=f"{question.purpose.slug}-{question.channel}-{day}-{which}.csv",
        content_type=FORMATS["csv"],
        chunks=chunks,
        expires_at=list_valid_until(question),
        rows=rows,
    )


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(results.CHUNK):
        yield chunk
