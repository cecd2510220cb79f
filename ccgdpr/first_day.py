"""The checklist of an empty house: through its rooms in the order in which they are needed."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.choices import AccessAction
from audit.models import AccessEvent
from consents.choices import ImportState
from consents.models import ConsentImport, ConsentWording, LeadSource
from legitimate_interest.models import BalanceTest
from notices.models import Notice
from processing.choices import Basis
from processing.models import ProcessingActivity, Purpose
from processors.models import AutomationTool, Organisation, ProcessingAgreement


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Room:
    """A room to furnish: what goes into it, and whether something stands there already.

    ``is_needed`` says whether the registers already ask for it; one that they do not ask for is
    there for whom it concerns, and holds nobody up.
    """

    label: str | Promise
    hint: str | Promise
    url_name: str
    permission: str
    is_furnished: Callable[[], bool]
    is_needed: Callable[[], bool] = _always


@dataclass(frozen=True)
class Step:
    """A room as the checklist shows it; ``state`` is done, now, later or optional."""

    label: str | Promise
    hint: str | Promise
    url: str
    state: str


def first_day(user: User) -> list[Step]:
    """The steps of the first day that ``user`` may take; none once the house is lived in.

    At most two queries for each room, and two more.
    """
    if _is_lived_in():
        return []
    rooms = [room for room in ROOMS if user.has_perm(room.permission)]
    states = [_state(room) for room in rooms]
    if "later" in states:
        states[states.index("later")] = "now"
    return [
        Step(room.label, room.hint, reverse(room.url_name), state)
        for room, state in zip(rooms, states, strict=True)
    ]


def _state(room: Room) -> str:
    if room.is_furnished():
        return "done"
    return "later" if room.is_needed() else "optional"


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
        "processors.add_organisation",
        lambda: Organisation.objects.exists(),
    ),
    Room(
        _("A processing activity"),
        _("A row of the record under Art. 30: what you do, with whose data."),
        "admin:processing_processingactivity_add",
        "processing.add_processingactivity",
        lambda: ProcessingActivity.objects.exists(),
    ),
    Room(
        _("A purpose"),
        _("Why you contact people, on one legal basis."),
        "admin:processing_purpose_add",
        "processing.add_purpose",
        lambda: Purpose.objects.exists(),
    ),
    Room(
        _("A consent wording"),
        _("The very text that people agreed to, one for each channel."),
        "admin:consents_consentwording_add",
        "consents.add_consentwording",
        lambda: ConsentWording.objects.exists(),
    ),
    Room(
        _("A lead source"),
        _("Where contacts come from, and which wording it showed when."),
        "admin:consents_leadsource_add",
        "consents.add_leadsource",
        lambda: LeadSource.objects.exists(),
    ),
    Room(
        # Translators: "Umowa powierzenia"
        _("A processing agreement"),
        _("Where another company works on the data for you, or you on a client's (Art. 28)."),
        "admin:processors_processingagreement_add",
        "processors.add_processingagreement",
        lambda: ProcessingAgreement.objects.exists(),
        lambda: Organisation.objects.filter(is_own=False).exists(),
    ),
    Room(
        # Translators: "Narzędzie"
        _("A tool"),
        _("Where a dialler, a bot or a mailing system takes part: propose it, then verify it."),
        "admin:processors_automationtool_add",
        "processors.add_automationtool",
        lambda: AutomationTool.objects.exists(),
        lambda: False,
    ),
    Room(
        # Translators: "Test równowagi"
        _("A balance test"),
        _("Where a purpose rests on a legitimate interest (Art. 6(1)(f))."),
        "admin:legitimate_interest_balancetest_add",
        "legitimate_interest.add_balancetest",
        lambda: BalanceTest.objects.exists(),
        lambda: Purpose.objects.filter(basis=Basis.LEGITIMATE_INTEREST).exists(),
    ),
    Room(
        # Translators: "Klauzula informacyjna"
        _("A privacy notice"),
        _("What people are told (Art. 13 and 14): drafted from the registers above."),
        "admin:notices_notice_add",
        "notices.add_notice",
        lambda: Notice.objects.exists(),
    ),
    Room(
        _("The first import"),
        _("A file from your CRM, form or mailing system."),
        "admin:consents_import",
        "consents.add_consentimport",
        lambda: _applied_imports().exists(),
    ),
    Room(
        _("The first list"),
        _("Grant a purpose to a supervisor, who then downloads whom they may contact."),
        "admin:processing_purposegrant_add",
        "processing.add_purposegrant",
        _first_list_made,
    ),
)
