"""The contacts that a file of consents names only by id (Salesforce PartyId = IndividualId)."""

from django.utils.translation import gettext as _

from audit.reading.errors import Refused
from audit.reading.tables import Member
from consents.importing.presets import folded

_IDS = ("individualid", "id")
_FIELDS = {
    "email": "email",
    "phone": "phone",
    "mobilephone": "phone",
    "homephone": "phone",
    "mailingaddress": "postal",
    "firstname": "first_name",
    "lastname": "last_name",
}


def parties(member: Member, encoding: str = "") -> dict[str, dict[str, str]]:
    """Contact texts and names by the id of the person; several numbers stand in lines."""
    rows = member.rows(encoding=encoding)
    header = next(rows, None)
    places = {
        folded(name): n for n, name in reversed(list(enumerate(header.cells if header else [])))
    }
    ids = [places[name] for name in _IDS if name in places]
    known = [(places[name], field) for name, field in _FIELDS.items() if name in places]
    if not ids or not known:
        raise Refused(_("The file of contacts needs IndividualId and Email, Phone or MobilePhone."))
    return {
        row.cells[ids[0]].strip(): _party(row.cells, known)
        for row in rows
        if len(row.cells) > ids[0]
    }


def _party(cells: list[str], known: list[tuple[int, str]]) -> dict[str, str]:
    party: dict[str, str] = {}
    for index, field in known:
        text = cells[index].strip() if index < len(cells) else ""
        if text:
            party[field] = f"{party[field]}\n{text}" if field in party else text
    return party
