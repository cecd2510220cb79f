"""The screening of a dial list as a job: two files and a manifest, or nothing."""

import tempfile
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import results
from audit.jobs import Cancelled, Failed, Work, enqueue, job_kind
from audit.models import Job, ResultFile
from audit.reading.errors import Refused
from processing.choices import Channel
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


def _no_url(user: Any, result: ResultFile) -> str:
    """Taken away on the list's own page, which tells until when it may be called."""
    return ""


@job_kind(KIND, label=gettext_lazy("Screening"), url=_no_url, about=_page_of)
def screen(work: Work) -> dict[str, Any]:
    """Screen the kept bytes; what an attempt before this one finished is kept."""
    lists = DialList.objects.select_related("owner", "purpose__activity__controller", "tool")
    dial_list = lists.get(job=work.job)
    try:
        if not dial_list.contact_list_id:
            _screen(work, dial_list)
    except (Refused, Unanswerable) as refused:
        uploads.forget(dial_list)
        raise Failed(str(refused)) from refused
    except (Failed, Cancelled):
        uploads.forget(dial_list)
        raise
    uploads.forget(dial_list)
    return {"list": str(dial_list.contact_list.uuid), "rows": sum(dial_list.counts.values())}


def _screen(work: Work, dial_list: DialList) -> None:
    question = _asked(dial_list)
    try:
        with uploads.kept(dial_list) as path, tempfile.TemporaryFile() as dialled:
            _write(work, dial_list, question, path, dialled)
    except FileNotFoundError as error:
        raise Failed(_("The file has been erased. Upload it again.")) from error


def _asked(dial_list: DialList) -> Question:
    """The question as it stands now, in the rights that the owner has now."""
    owner, purpose = dial_list.owner, dial_list.purpose
    may = owner.is_active and owner.has_perm(SCREEN)
    if not (may and usable_by(owner).filter(pk=purpose.pk).exists()):
        raise Failed(_("You may no longer screen lists for this purpose."))
    return ask(purpose, dial_list.channel, tool=dial_list.tool)


def _write(
    work: Work, dial_list: DialList, question: Question, path: str, dialled: IO[bytes]
) -> None:
    table = tables.opened(
        path, dial_list.file_name, encoding=dial_list.encoding, has_header=dial_list.has_header
    )
    work.progress(0, total=table.lines())
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
