"""Everything about one agreement: for the tables on its page, and for its sheet on paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from processors.admin import shown
from processors.admin.clauses import answer_of
from processors.models import AgreementClause, ClauseItem, ProcessingAgreement
from processors.models.agreements import HEADER_TERMS


@dataclass(frozen=True)
class Shown:
    """A record beside its badge."""

    record: Any
    badge: SafeString | str


def related(agreement: ProcessingAgreement) -> dict[str, list[Shown]]:
    """Documents, sub-processors, transfers and tools, each with its state today."""
    today = timezone.localdate()
    return {
        "documents": [
            Shown(each, shown.document_state(each.latest_state))
            for each in agreement.documents.all()
        ],
        "sub_processors": list(_sub_processors(agreement, today)),
        "transfers": [
            Shown(each, shown.basis(each))
            for each in agreement.transfers.select_related("organisation")
        ],
        "tools": [Shown(each, each.get_state_display()) for each in agreement.tools.all()],
    }


def _sub_processors(agreement: ProcessingAgreement, day: date) -> Iterator[Shown]:
    for each in agreement.sub_processors.select_related("organisation"):
        yield Shown(each, shown.authorisation(each, day))


def context(agreement: ProcessingAgreement) -> dict[str, Any]:
    """For ``pdf/agreement.html``; what is worded here is asked for in the document's language."""
    return {
        "agreement": agreement,
        "title": format_lazy(_("Processing agreement {reference}"), reference=agreement.reference),
        "controller": agreement.controller.name,
        "status": partial(shown.status, agreement),
        "terms": [_term(agreement, name) for name in HEADER_TERMS],
        "clauses": partial(_clauses, agreement),
        "related": partial(related, agreement),
    }


def _term(agreement: ProcessingAgreement, name: str) -> tuple[Any, str]:
    return agreement._meta.get_field(name).verbose_name, getattr(agreement, name)


def _clauses(agreement: ProcessingAgreement) -> list[dict[str, Any]]:
    """Every clause that is asked, with the answer of this agreement."""
    answers = {clause.item_id: clause for clause in agreement.clauses.select_related("item")}
    items = {item.pk: item for item in ClauseItem.objects.filter(active=True)}
    items |= {key: clause.item for key, clause in answers.items()}
    lines = []
    for item in sorted(items.values(), key=lambda each: (each.position, each.pk)):
        clause = answers.get(item.pk) or AgreementClause(item=item)
        lines.append({"item": item, "answer": answer_of(clause, item), "note": clause.note})
    return lines
