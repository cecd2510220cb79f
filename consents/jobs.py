"""What the worker does for this room: read large files, record imports, erase what expired."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.jobs import Work, enqueue, job_kind, retry, sweep
from audit.models import Job
from audit.reading.errors import Refused
from consents import letters
from consents.importing import uploads
from consents.importing.applying import apply, begin, foresee, outcome
from consents.models import ConsentImport

READ, RECORD = "consents.read", "consents.import"


def _page(job: Job) -> str:
    """The import that ``job`` works for; empty where it is another job's by now."""
    upload = ConsentImport.objects.filter(job=job).first()
    return reverse("admin:consents_import_file", args=[upload.uuid]) if upload else ""


@job_kind(READ, label=_("Reading of an import"), about=_page)
def read(work: Work) -> None:
    """Stage a file that is too large to be read while somebody waits for the page."""
    read_now(ConsentImport.objects.get(job=work.job), beat=lambda: work.progress(0))


@job_kind(RECORD, label=_("Recording of an import"), about=_page)
def record(work: Work) -> dict[str, Any]:
    """Record what was staged, from where it stands; cancelled, it can go on later."""
    upload = ConsentImport.objects.get(job=work.job)
    counts = upload.counts
    work.progress(counts.get("rejected", 0), total=counts.get("rows", 0))
    apply(upload, beat=work.progress)
    uploads.forget_file(upload)
    return outcome(upload)


def read_now(upload: ConsentImport, *, beat: Callable[[], None] = lambda: None) -> None:
    """Stage the kept file and foresee what it would do; ``counts["problem"]`` says why it can't."""
    try:
        with uploads.kept_file(upload) as path:
            uploads.read(upload, path, preset=upload.preset, beat=beat)
    except Refused as error:
        uploads.ask(upload, error)
    else:
        beat()
        foresee(upload)


@transaction.atomic
def enqueue_for(upload: ConsentImport, kind: str) -> None:
    """Give the upload to the worker, in its owner's name."""
    upload.job = enqueue(kind, label=upload.file_name, owner=upload.owner)
    upload.save(update_fields=["job"])


@transaction.atomic
def confirm(upload: ConsentImport, *, reason: str) -> None:
    """Have what was previewed recorded. Raises Refused where somebody was faster."""
    begin(upload)
    upload.reason = reason
    upload.save(update_fields=["reason"])
    enqueue_for(upload, RECORD)


def go_on(upload: ConsentImport) -> None:
    """Put a stopped import back into the queue; it goes on where it stood."""
    retry(upload.job)


@sweep
def erase_expired_uploads() -> None:
    uploads.sweep()


@job_kind(letters.SEND, label=letters.SEND_LABEL, counts_rows=False)
def send_letters(work: Work) -> dict[str, int]:
    """Ask mailboxes to confirm; what cannot leave now waits for the next attempt."""
    if letters.is_sent_elsewhere(work.job):
        return {"letters": 0}
    return {"letters": letters.send_waiting(beat=work.progress)}


@sweep
def look_after_letters() -> None:
    letters.sweep()
