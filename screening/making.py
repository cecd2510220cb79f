"""A list for the floor as a job: at once where it is small, else by the worker."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import jobs, results
from audit.choices import JobState
from audit.jobs import Failed, Work
from audit.models import UNFINISHED, Job, ResultFile
from consents.models import LeadSource
from processing.choices import Channel
from screening.export import FORMATS, Export
from screening.forms import granted_to
from screening.manifests import Making
from screening.models import ContactList
from screening.narrowing import Narrowing, contacts_in
from screening.pages import LIST
from screening.question import Question, Unanswerable, ask
from screening.verdict import list_valid_until

KIND = "screening.list"
# Lists that failed are shown beside those in the making for so long.
SHOWN_FAILED = 3


def order(user: Any, question: Question, narrowing: Narrowing, format_: str, reason: str) -> Job:
    """Have a list made for ``user``; done when this returns where it is chosen from few."""
    label = _("Contact list: {purpose}, {channel}").format(
        purpose=question.purpose.name, channel=Channel(question.channel).label
    )
    params = {
        "purpose": question.purpose.slug,
        "channel": question.channel,
        "tool": question.tool.slug if question.tool else "",
        "filters": narrowing.as_dict(),
        "format": format_,
        "reason": reason,
        "contacts": contacts_in(question, narrowing),
    }
    job = jobs.enqueue(KIND, label=label[:200], owner=user, params=params)
    if params["contacts"] <= settings.EXPORT_AT_ONCE_ROWS:
        jobs.perform(job)
        job.refresh_from_db()
    return job


def list_of(job: Job) -> ContactList | None:
    """The list that ``job`` made, if it has come to its end."""
    return ContactList.objects.filter(job=job).first()


def in_the_making(user: Any) -> list[Job]:
    """Lists of ``user`` that are being made, and those that last failed."""
    own = Job.objects.filter(kind=KIND, owner=user)
    failed = own.filter(state=JobState.FAILED, finished_at__date=timezone.localdate())
    return [*own.filter(UNFINISHED), *failed[:SHOWN_FAILED]]


def file_of(contact_list: ContactList) -> ResultFile | None:
    return ResultFile.objects.filter(job_id=contact_list.job_id).first()


# The job -----------------------------------------------------------------------------------------


def _page_of(job: Job) -> str:
    made = list_of(job)
    return reverse("admin:screening_made", args=[made.uuid]) if made else ""


def _no_url(user: Any, result: ResultFile) -> str:
    """Taken away on the list's own page, which tells who must come off it."""
    return ""


@jobs.job_kind(KIND, label=gettext_lazy("Contact list"), url=_no_url, about=_page_of)
def make(work: Work) -> dict[str, Any]:
    """Write the file, then the manifest; what an attempt before this one finished is kept."""
    job = work.job
    made = list_of(job) or _made(work)
    return {"list": str(made.uuid), "rows": made.allowed}


def _made(work: Work) -> ContactList:
    job = work.job
    question, narrowing = _asked(job)
    work.progress(0, total=job.params["contacts"])
    making = Making(
        Export(question, narrowing),
        job.params["format"],
        reason=job.params["reason"],
        tell=work.tell,
    )
    result = results.keep(
        job,
        name=_name(question, job.params["format"]),
        content_type=FORMATS[job.params["format"]],
        chunks=making.export.chunks(making.format, bom=True),
        expires_at=list_valid_until(question),
        rows=lambda: making.export.rows,
    )
    work.progress(job.params["contacts"])
    return making.remember(result.sha256, job)


def _asked(job: Job) -> tuple[Question, Narrowing]:
    """The question as it stands now, in the rights that the owner has now."""
    told, owner = job.params, job.owner
    purpose = granted_to(owner).filter(slug=told["purpose"]).first()
    if not (owner.is_active and owner.has_perm(LIST) and purpose):
        raise Failed(_("You may no longer take lists for this purpose."))
    try:
        question = ask(purpose, told["channel"], tool=told["tool"])
        return question, Narrowing.from_dict(told["filters"])
    except (Unanswerable, LeadSource.DoesNotExist) as gap:
        raise Failed(str(gap)) from gap


def _name(question: Question, format_: str) -> str:
    day = timezone.localdate(question.at).isoformat()
    return f"{question.purpose.slug}-{question.channel}-{day}.{format_}"
