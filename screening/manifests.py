"""The memory of a list: what it was, written together with who was on it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from audit import access
from audit.choices import AccessAction
from audit.jobs import hold
from audit.models import AccessEvent, Job
from audit.text import iso
from screening.choices import ListKind
from screening.export import COLUMNS, Export
from screening.members import Members
from screening.models import ContactList
from screening.narrowing import contacts_in
from screening.question import Question
from screening.verdict import list_valid_until

Tell = Callable[[int], None]
# Called with each list within the transaction that remembers it, once its members stand.
listeners: list[Callable[[ContactList], None]] = []


def subject_of(question: Question) -> str:
    """What a list is for, as the access log names it."""
    return f"{question.purpose.slug} · {question.channel}"


def facts_of(question: Question, format_: str, filters: dict[str, Any]) -> dict[str, Any]:
    """What the access log keeps of a list: slugs and instants, never a contact."""
    return {
        "purpose": question.purpose.slug,
        "channel": question.channel,
        "tool": question.tool.slug if question.tool else "",
        **filters,
        "format": format_,
        "as_of": iso(question.at),
        "valid_until": iso(list_valid_until(question)),
    }


@transaction.atomic
def remember(
    question: Question,
    event: AccessEvent,
    members: Members,
    *,
    kind: str,
    format_: str,
    sha256: str,
    allowed: int,
    denied: int,
    columns: Iterable[str] = COLUMNS,
    filters: dict[str, Any] | None = None,
    job: Job | None = None,
) -> ContactList:
    """Close ``event`` and write the manifest with its ``members``: all of it or nothing.

    In the name of whoever opened the event. A list is handed out only once this is committed, so
    that whoever is on it can be recalled. Raises Lost where another worker holds ``job`` now: its
    file is that of the other's list.
    """
    if job:
        hold(job)
    # A screened list leaves with every row that it came with.
    rows = allowed + denied if kind == ListKind.SCREENING else allowed
    access.closed(event, rows=rows, sha256=sha256)
    contact_list = ContactList(
        kind=kind,
        purpose=question.purpose,
        channel=question.channel,
        tool=question.tool,
        filters=filters or {},
        columns=list(columns),
        format=format_,
        as_of=question.at,
        known_at=question.known_at,
        valid_until=list_valid_until(question),
        job=job,
        event=event,
        allowed=allowed,
        denied=denied,
        recorded_by_id=event.recorded_by_id,
        recorded_name=event.recorded_name,
        way=event.way,
        reason=event.reason,
        batch=event.batch,
    )
    contact_list.save()
    members.save(contact_list)
    for listener in listeners:
        listener(contact_list)
    return contact_list


class Making:
    """A list from the register on its way: begun, written, and remembered at its end."""

    def __init__(
        self, export: Export, format_: str, *, reason: str = "", tell: Tell | None = None
    ) -> None:
        self.export, self.format = export, format_
        self.members = export.members = Members(tell)
        question = export.question
        self.filters = export.narrowing.as_dict()
        self.event = access.opened(
            AccessAction.LIST,
            subject_of(question),
            filters=facts_of(question, format_, self.filters),
            columns=COLUMNS,
            reason=reason,
        )

    def remember(self, sha256: str, job: Job | None = None) -> ContactList:
        export = self.export
        looked_at = contacts_in(export.question, export.narrowing)
        return remember(
            export.question,
            self.event,
            self.members,
            kind=ListKind.REGISTER,
            format_=self.format,
            sha256=sha256,
            allowed=export.rows,
            # Somebody may have been added since: nobody is denied a negative number of times.
            denied=max(0, looked_at - export.rows),
            filters=self.filters,
            job=job,
        )
