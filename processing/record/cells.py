"""What each column of the record says of an activity, in the order of the template of the UODO.

The activities come with what they involve now (``processing.record.pages``): no cell asks the
database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from processors.models import Organisation, ProcessingAgreement, Transfer

Line = list["Cell"]


@dataclass(frozen=True)
class Cell:
    """A column with its letter of Art. 30, what it says, and how many columns of six it takes."""

    label: str
    letter: str
    texts: list[str]
    span: int = 1


def cells_of_own(activity: Any) -> list[Line]:
    """Art. 30(1), and the columns that the template adds."""
    return [
        [
            Cell(_("Purposes and legal bases"), "b", _purposes(activity), 2),
            Cell(_("Categories of people"), "c", [activity.subjects]),
            Cell(_("Categories of data"), "c", _data(activity)),
            Cell(_("Source of the data"), "", said(activity.source)),
            Cell(_("Joint controllers"), "a", said(activity.joint_controllers)),
        ],
        [
            Cell(_("Processors"), "d", _processors(activity)),
            Cell(_("Recipients"), "d", _recipients(activity)),
            Cell(_("Systems and tools"), "", _systems(activity)),
            Cell(_("Transfers to third countries"), "e", _transfers(activity)),
            Cell(_("Documentation of safeguards"), "e", _safeguards(activity)),
            Cell(_("Impact assessment"), "", _assessment(activity)),
        ],
        [
            Cell(_("Planned erasure"), "f", _retention(activity), 3),
            Cell(_("Security measures"), "g", said(activity.security), 3),
        ],
    ]


def cells_of_client(activity: Any) -> list[Line]:
    """Art. 30(2), and the columns that the template adds."""
    return [
        [
            Cell(_("Controller on whose behalf"), "a", contacts(activity.controller), 2),
            Cell(_("Categories of processing"), "b", _processing(activity), 2),
            Cell(_("Agreement and its duration"), "", _instructions(activity), 2),
        ],
        [
            Cell(_("Categories of people"), "", [activity.subjects]),
            Cell(_("Categories of data"), "", _data(activity)),
            Cell(_("Sub-processors"), "", _processors(activity)),
            Cell(_("Systems and tools"), "", _systems(activity)),
            Cell(_("Transfers to third countries"), "c", _transfers(activity)),
            Cell(_("Documentation of safeguards"), "c", _safeguards(activity)),
        ],
        [
            Cell(_("Return or erasure"), "", _retention(activity), 3),
            Cell(_("Security measures"), "d", said(activity.security), 3),
        ],
    ]


def said(text: str) -> list[str]:
    return [text] if text else []


def contacts(organisation: Organisation) -> list[str]:
    """Name, address, contact, representative, data protection officer (Art. 30(1)(a), (2)(a))."""
    reach = " · ".join(each for each in (organisation.email, organisation.phone) if each)
    texts = [organisation.name, organisation.address, reach]
    if organisation.representative:
        texts.append(_("Representative: %(who)s") % {"who": organisation.representative})
    if officer := _officer(organisation):
        texts.append(_("Data protection officer: %(who)s") % {"who": officer})
    return [text for text in texts if text]


def _officer(organisation: Organisation) -> str:
    parts = (organisation.dpo_name, organisation.dpo_email, organisation.dpo_phone)
    return " · ".join(part for part in parts if part)


def _purposes(activity: Any) -> list[str]:
    return [f"{each.name}: {_basis(each)}" for each in activity.purposes_now]


def _basis(purpose: Any) -> str:
    basis = [purpose.get_basis_display(), purpose.basis_law]
    if purpose.special_condition:
        basis.append(purpose.get_special_condition_display())
    return ", ".join(each for each in basis if each)


def _processing(activity: Any) -> list[str]:
    text = said(activity.processing)
    return text + [purpose.name for purpose in activity.purposes_now]


def _data(activity: Any) -> list[str]:
    special = [_("Special categories of data (Art. 9)")] if activity.special_data else []
    return [activity.data, *special]


def _processors(activity: Any) -> list[str]:
    return [_with(each.organisation, each.agreement) for each in activity.processors_used_now]


def _with(organisation: Organisation, agreement: ProcessingAgreement | None) -> str:
    return f"{organisation} ({agreement.reference})" if agreement else str(organisation)


def _recipients(activity: Any) -> list[str]:
    named = [each.recipient.name for each in activity.recipients_named_now]
    return [*said(activity.recipients), *_joined(named)]


def _systems(activity: Any) -> list[str]:
    tools = [f"{each.tool} ({each.tool.vendor})" for each in activity.tools_used_now]
    return [*said(activity.systems), *tools]


def _joined(words: Iterable[str]) -> list[str]:
    return said(", ".join(words))


def _transfers(activity: Any) -> list[str]:
    made = [each.transfer for each in activity.transfers_made_now]
    return [*said(activity.transfers), *(f"{each.organisation}, {each.country}" for each in made)]


def _safeguards(activity: Any) -> list[str]:
    made = [each.transfer for each in activity.transfers_made_now]
    return [*said(activity.transfer_safeguards), *(_mechanism(each) for each in made)]


def _mechanism(transfer: Transfer) -> str:
    basis = transfer.get_mechanism_display() or _("no basis")
    if not transfer.tia_on:
        return f"{transfer.country}: {basis}"
    day = date_format(transfer.tia_on, "DATE_FORMAT")
    return _("%(country)s: %(basis)s, assessed on %(day)s") % {
        "country": transfer.country,
        "basis": basis,
        "day": day,
    }


def _retention(activity: Any) -> list[str]:
    rules = [f"{rule.what} – {rule.sentence}" for rule in activity.retention_rules_now]
    return [activity.retention, *rules]


def _assessment(activity: Any) -> list[str]:
    if not activity.dpia_needed:
        return [_("not needed")]
    return [activity.dpia_location or _("needed, not yet made")]


def _instructions(activity: Any) -> list[str]:
    return [_lasting(each) for each in activity.controller.instructions]


def _lasting(agreement: ProcessingAgreement) -> str:
    words = {
        "reference": agreement.reference,
        "since": date_format(agreement.in_force_from, "DATE_FORMAT"),
        "until": agreement.ends_on and date_format(agreement.ends_on, "DATE_FORMAT"),
    }
    if words["until"]:
        return _("%(reference)s: from %(since)s until %(until)s") % words
    return _("%(reference)s: from %(since)s, no end") % words
