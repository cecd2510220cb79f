"""The checklist of an empty house: through its rooms in the order in which they are needed."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.choices import AccessAction
from audit.models import AccessEvent
from consents.choices import ImportState
from consents.models import ConsentImport, ConsentWording, LeadSource
from processing.models import ProcessingActivity, Purpose
from processors.models import Organisation


@dataclass(frozen=True)
class Room:
    """A room to furnish: what goes into it, and whether something stands there already."""

    label: str | Promise
    hint: str | Promise
    url_name: str
    is_furnished: Callable[[], bool]


@dataclass(frozen=True)
class Step:
    """A room as the checklist shows it; ``state`` is done, now or later."""

    label: str | Promise
    hint: str | Promise
    url: str
    state: str


def first_day() -> list[Step]:
    """The steps of the first day; none once the house is lived in."""
    if _is_lived_in():
        return []
    furnished = [room.is_furnished() for room in ROOMS]
    now = furnished.index(False)
    return [
        Step(room.label, room.hint, reverse(room.url_name), _state(furnished[n], is_now=n == now))
        for n, room in enumerate(ROOMS)
    ]


def _state(is_furnished: bool, *, is_now: bool) -> str:
    if is_furnished:
        return "done"
    return "now" if is_now else "later"


def _is_lived_in() -> bool:
    """A list has left the house, or a second file has come in."""
    return _first_list_made() or _applied_imports()[1:2].exists()


def _first_list_made() -> bool:
    return AccessEvent.objects.filter(action=AccessAction.LIST).exists()


def _applied_imports() -> QuerySet[ConsentImport]:
    return ConsentImport.objects.filter(state=ImportState.APPLIED)


ROOMS = (
    Room(
        _("Your organisation"),
        _("The company that the centre belongs to, and the clients it works for."),
        "admin:processors_organisation_add",
        lambda: Organisation.objects.exists(),
    ),
    Room(
        _("A processing activity"),
        _("A row of the record under Art. 30: what you do, with whose data."),
        "admin:processing_processingactivity_add",
        lambda: ProcessingActivity.objects.exists(),
    ),
    Room(
        _("A purpose"),
        _("Why you contact people, on one legal basis."),
        "admin:processing_purpose_add",
        lambda: Purpose.objects.exists(),
    ),
    Room(
        _("A consent wording"),
        _("The very text that people agreed to, one for each channel."),
        "admin:consents_consentwording_add",
        lambda: ConsentWording.objects.exists(),
    ),
    Room(
        _("A lead source"),
        _("Where contacts come from, and which wording it showed when."),
        "admin:consents_leadsource_add",
        lambda: LeadSource.objects.exists(),
    ),
    Room(
        _("The first import"),
        _("A file from your CRM, form or mailing system."),
        "admin:consents_import",
        lambda: _applied_imports().exists(),
    ),
    Room(
        _("The first list"),
        _("Grant a purpose to a supervisor, who then downloads whom they may contact."),
        "admin:processing_purposegrant_add",
        _first_list_made,
    ),
)
