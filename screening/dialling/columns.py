"""Which column is the contact: the one that was named, or the only one that looks like it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit.reading.errors import Refused, nearest
from consents.contacts import normalise_all
from consents.importing.presets import BUILT_IN, folded
from processing.choices import ContactKind
from screening.dialling.tables import Table

# A column of which at least half of what is filled can be read as such a contact looks like it.
ENOUGH = 0.5
# As people call them, beside the names of systems that files come from.
CALLED: dict[str, tuple[str, ...]] = {
    ContactKind.PHONE: (
        *("telefon", "tel", "tel.", "nr", "numer", "komórka", "komorka", "gsm", "msisdn"),
        *("nr telefonu", "numer telefonu", "numer_telefonu", "nr_telefonu", "nr tel", "nr tel."),
        *("tel. kom.", "telefon komórkowy", "phone", "mobile", "cell", "telephone"),
        *("phone number", "phone_number", "phonenumber", "mobile phone", "mobile number"),
    ),
    ContactKind.EMAIL: (
        *("e-mail", "email", "mail", "e_mail", "adres e-mail", "adres email", "adres_email"),
        *("email address", "e-mail address", "email_address"),
    ),
    ContactKind.HANDLE: ("handle", "messenger", "komunikator"),
    ContactKind.DEVICE: ("device", "token", "urządzenie"),
    ContactKind.POSTAL: ("adres", "adres pocztowy", "adres korespondencyjny", "address"),
}
# Anything can be read as one of these: what a column holds says nothing.
BY_NAME_ALONE = (ContactKind.HANDLE, ContactKind.DEVICE, ContactKind.POSTAL)


@dataclass(frozen=True)
class Looks:
    """Which columns look like the contact, by their places; best known by name."""

    named: list[int]
    filled: list[int]

    @property
    def only(self) -> int | None:
        """The one that it must be; None where there is none, or no telling which."""
        both = [place for place in self.named if place in self.filled]
        for found in (both, self.named, self.filled):
            if found:
                return found[0] if len(found) == 1 else None
        return None


def named(table: Table, name: str) -> int:
    """The place of the column called ``name``, or by its number where the file has no header.

    Raises Refused, naming the columns seen, where there is none or more than one.
    """
    found = [n for n, each in enumerate(table.names) if folded(each) == folded(name)]
    if len(found) == 1:
        return found[0]
    if found:
        text = _("Two columns are called “{name}”. Rename the one that is meant.")
        raise Refused(text.format(name=name))
    text = _("There is no column {name}. Columns: {seen}.")
    raise Refused(text.format(name=nearest(name, table.names), seen=_seen(table.names)))


def proposed(table: Table, kind: str) -> int:
    """The place of the only column that looks like a contact of ``kind``.

    Raises Refused, naming the columns seen, where none does or more than one.
    """
    found = looks(table, kind)
    if found.only is not None:
        return found.only
    if several := found.named or found.filled:
        names = [table.names[place] for place in several]
        text = _("More than one column may be the contact: {seen}. Name one.")
        raise Refused(text.format(seen=_seen(names)))
    text = _("No column looks like the contact. Name one of: {seen}.")
    raise Refused(text.format(seen=_seen(table.names)))


def looks(table: Table, kind: str) -> Looks:
    called = {folded(name) for name in (*CALLED[kind], *_in_presets(kind))}
    by_name = [n for n, name in enumerate(table.names) if folded(name) in called]
    if kind in BY_NAME_ALONE:
        return Looks(by_name, [0] if table.width == 1 else [])
    filled = [place for place in range(table.width) if share(table, place, kind) >= ENOUGH]
    return Looks(by_name, filled)


def share(table: Table, place: int, kind: str) -> float:
    """Of the filled cells of a column, how many can be read as a contact of ``kind``: 0–1."""
    cells = [row[place] for row in table.sample if len(row) > place and row[place].strip()]
    read = normalise_all(kind, cells)[0]
    return sum(value is not None for value in read) / len(cells) if cells else 0.0


def _in_presets(kind: str) -> set[str]:
    columns = (each for preset in BUILT_IN for each in preset.mapping["columns"].items())
    return {name for name, meaning in columns if meaning.get("field") == kind}


def _seen(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:40])
