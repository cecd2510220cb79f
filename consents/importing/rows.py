"""One row of a file, interpreted: contacts and what the person did, or why the row is left out.

The semantics are those of formats.md and verdict.md §1. Nothing here touches the database.
"""

from datetime import datetime
from typing import Any, NamedTuple

from audit.cells import unguarded
from audit.reading.tables import RawRow
from consents.choices import NOES, EventKind, RestrictionKind
from consents.contacts import Contact, Unusable, normalise
from consents.importing.columns import Column, Columns, targets
from consents.importing.errors import RowError
from consents.importing.mapping import FIELDS, PRESET_FIELDS, STATUSES
from consents.importing.times import BadTime, Clock, Told
from processing.choices import KIND_OF_CHANNEL, Channel, ContactKind

GIVEN, REFUSED, WITHDRAWN = (
    EventKind.GIVEN.value,
    EventKind.REFUSED.value,
    EventKind.WITHDRAWN.value,
)
KIND_OF = {channel.value: kind.value for channel, kind in KIND_OF_CHANNEL.items()}
NAMES = {"first_name": 150, "last_name": 150, "company": 200, "external_id": 100, "full_name": 150}


class Act(NamedTuple):
    """What one contact of the row did, or what stands against contacting it.

    ``kind`` is given, refused, withdrawn or a kind of restriction; of a restriction, an empty
    ``channel`` or ``purpose`` means all. ``confirmed_at`` and ``until`` belong to a give.
    """

    kind: str
    contact: int
    channel: str
    purpose: str
    at: datetime
    own_time: bool = True
    needs_confirmation: bool = False
    confirmed_at: datetime | None = None
    until: datetime | None = None


class Ban(NamedTuple):
    """A number that must not be contacted, of somebody the register need not know."""

    kind: str
    key: str
    channel: str
    until: datetime | None


class Row(NamedTuple):
    line: int
    member: str
    contacts: list[tuple[str, Contact]]
    names: dict[str, str]
    acts: list[Act]
    bans: list[Ban]
    ip: str = ""
    # Noes about a channel for which the row has no number or address: nothing to hang them on.
    homeless: int = 0

    @property
    def says_no(self) -> bool:
        return bool(self.bans) or any(act.kind != GIVEN for act in self.acts)


class Timed(NamedTuple):
    told: Told
    column: Column
    text: str


class Problem(Exception):
    def __init__(self, reason: str, column: str = "", value: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column, self.value = reason, column, value


class Interpreter:
    """Reads the rows of one table by its columns.

    ``as_of`` dates what a row does not; ``fallback`` dates a bounce for which there is no as-of;
    ``parties`` are the contacts of a second file by id; ``purposes`` the keys a row may name.
    """

    def __init__(
        self,
        columns: Columns,
        mapping: dict[str, Any],
        clock: Clock,
        *,
        purpose: str,
        purposes: frozenset[str] = frozenset(),
        as_of: Told | None = None,
        fallback: datetime | None = None,
        asks_confirmation: bool = False,
        sends_letters: bool = False,
        parties: dict[str, dict[str, str]] | None = None,
        spreadsheet: bool = False,
        member: str = "",
    ) -> None:
        self.columns, self.mapping, self.clock = columns, mapping, clock
        self.purpose, self.purposes, self.parties = purpose, purposes, parties
        self.as_of, self.fallback = as_of, fallback
        self.spreadsheet, self.member = spreadsheet, member
        # Asked for each row: looked up once.
        self.columns_of = {name: columns.of(name) for name in (*FIELDS, *PRESET_FIELDS)}
        found = ((kind.value, columns.of(kind)) for kind in ContactKind)
        self.contact_columns = [(kind, columns) for kind, columns in found if columns]
        self.name_columns = [(name, column) for name in NAMES for column in columns.of(name)]
        self.flags = {kind: columns.saying(kind) for kind in columns.flags}
        self.has_targets = bool(targets(columns))
        self.confirms = bool(columns.of("confirmed_at"))
        self.needs_confirmation = asks_confirmation or self.confirms
        self.sends_letters = sends_letters
        self.every_row = mapping.get("every_row", {})
        # What was seen: whether any act had its own time, any had none; ids of other purposes.
        self.timed = self.untimed = False
        self.purpose_ids: set[str] = set()

    def read(self, raw: RawRow) -> Row | RowError:
        try:
            return _Reading(self, raw).row()
        except Problem as problem:
            value = problem.value.replace("\0", "\N{REPLACEMENT CHARACTER}")[:200]
            return RowError(raw.line, problem.column, value, problem.reason, self.member)


class _Reading:
    """The reading of one row."""

    def __init__(self, table: Interpreter, raw: RawRow) -> None:
        self.table, self.raw, self.cells = table, raw, raw.cells
        self.acts: list[Act] = []
        self.homeless = 0
        self.party: dict[str, str] = {}

    def row(self) -> Row:
        self._check()
        self.channels = self._row_channels()
        self.contacts = self._contacts()
        self.row_purpose = self._row_purpose()
        self._read_times()
        bans = self._bans()
        if not self.contacts and not bans:
            raise Problem("no_contact")
        self._consents()
        self._every_row()
        self._restrictions()
        self._check_confirmation()
        return Row(
            self.raw.line,
            self.table.member,
            self.contacts,
            self._names(),
            self._without_contradictions(),
            bans,
            self._first_text("ip")[:45],
            self.homeless,
        )

    def _check(self) -> None:
        if self.raw.fault:
            raise Problem(self.raw.fault)
        if not self.table.columns.fits(self.cells):
            raise Problem("ragged_row", value=str(len(self.cells)))
        if "\0" in "".join(self.cells):
            raise Problem("control_character")
        if self.table.mapping.get("guarded"):
            self.cells = [unguarded(cell) for cell in self.cells]

    # Whom ----------------------------------------------------------------------------------------

    def _contacts(self) -> list[tuple[str, Contact]]:
        contacts: list[tuple[str, Contact]] = []
        for kind, columns in self.table.contact_columns:
            for column in columns:
                self._add_contact(contacts, kind, self.cells[column.index], column.name)
        for column in self.table.columns_of["contact"]:
            kind = KIND_OF[self.channels[0]]
            self._add_contact(contacts, kind, self.cells[column.index], column.name)
        for column in self.table.columns_of["party"]:
            self._add_party(contacts, column)
        return contacts

    def _add_contact(self, contacts: list, kind: str, text: str, column: str) -> None:
        if not text or text.isspace():
            return
        try:
            contact = normalise(kind, text)
        except Unusable as error:
            if error.reason == "contact_empty":
                return
            raise Problem(error.reason, column, text) from error
        if not any(kind == other and contact.key == known.key for other, known in contacts):
            contacts.append((kind, contact))

    def _add_party(self, contacts: list, column: Column) -> None:
        party = self.cells[column.index].strip()
        known = (self.table.parties or {}).get(party)
        if known is None:
            raise Problem("contact_not_found", column.name, party)
        for kind in ContactKind.values:
            for text in known.get(kind, "").split("\n"):
                self._add_contact(contacts, kind, text, column.name)
        self.party = known

    def _names(self) -> dict[str, str]:
        names = {k: v for k, v in self.party.items() if k in NAMES}
        for name, column in self.table.name_columns:
            text = " ".join(self.cells[column.index].split())
            if len(text) > NAMES[name]:
                raise Problem("value_too_long", column.name, text)
            if text:
                names[name] = text
        if full := names.pop("full_name", ""):
            names["first_name"], _space, names["last_name"] = full.rpartition(" ")
        return names

    # About what ----------------------------------------------------------------------------------

    def _row_channels(self) -> list[str]:
        """Channels that the row itself names: a yes counts for the first, a no for all."""
        for column in self.table.columns_of["channel"]:
            text = self.cells[column.index].strip()
            values = column.meaning.get("values")
            found = _looked_up(values, text) if values else [text.casefold()]
            if not found or not set(found) <= set(Channel.values):
                raise Problem("channel_unknown", column.name, text)
            return found
        return []

    def _row_purpose(self) -> str:
        for column in self.table.columns_of["purpose"]:
            text = self.cells[column.index].strip()
            values = column.meaning.get("values")
            if values == {}:
                self.table.purpose_ids.add(text)
                return self.table.purpose
            found = _looked_up(values, text) if values else text
            if found not in self.table.purposes:
                raise Problem("purpose_unknown", column.name, text)
            return found
        return self.table.purpose

    # When ----------------------------------------------------------------------------------------

    def _read_times(self) -> None:
        self.given = self._time("given_at")
        self.stated = self._time("stated_at") or self._time("added_at") or self.given
        self.withdrawn = self._time("withdrawn_at")
        self.confirmed = self._time("confirmed_at")

    def _time(self, field: str) -> Timed | None:
        for column in self.table.columns_of[field]:
            if text := self.cells[column.index].strip():
                return Timed(self._told(column, text), column, text)
        return None

    def _told(self, column: Column, text: str) -> Told:
        pattern = column.meaning.get("format", "")
        try:
            return self.table.clock.read(text, pattern, self.table.spreadsheet)
        except BadTime as error:
            raise Problem(error.reason, column.name, text) from error

    def _until(self) -> datetime | None:
        """When a give ends: at the first instant that its last day can mean."""
        for column in self.table.columns_of["expires_at"]:
            text = self.cells[column.index].strip()
            if text and not text.startswith("9999"):  # how other systems write "never"
                return self._told(column, text).first
        return None

    def _dated(self, timed: Timed | None, *, yes: bool) -> tuple[datetime, bool]:
        """When the act was, and whether that is its own time; Problem where nothing says when."""
        read = self.table.clock.yes if yes else self.table.clock.no
        try:
            if timed:
                self.table.timed = True
                return read(timed.told), True
            if self.table.as_of:
                return read(self.table.as_of), False
        except BadTime as error:
            where = (timed.column.name, timed.text) if timed else ("", "")
            raise Problem(error.reason, *where) from error
        self.table.untimed = True
        raise Problem("time_missing")

    # Consents ------------------------------------------------------------------------------------

    def _consents(self) -> None:
        flags = self.table.flags
        for column in flags.get("consent", ()):
            self._consent(column)
        for column in flags.get("consents", ()):
            self._listed_consents(column)
        for column in flags.get("status", ()):
            self._status(column)
        for column in flags.get("withdrawal", ()):
            if _said(column, self.cells):
                self._no(
                    WITHDRAWN, *_target(column.meaning["withdrawal"]), self.withdrawn or self.stated
                )
        if not self.table.has_targets:
            self._dates_alone()
        elif self.withdrawn:
            for column in flags.get("consent", ()):
                self._no(WITHDRAWN, *_target(column.meaning["consent"]), self.withdrawn)

    def _dates_alone(self) -> None:
        channel = self.channels[0] if self.channels else Channel.EMAIL.value
        if self.given:
            self._yes(channel, "")
        if self.withdrawn and WITHDRAWN not in self.table.every_row:
            self._no(WITHDRAWN, channel, "", self.withdrawn)

    def _consent(self, column: Column) -> None:
        said = _said(column, self.cells)
        channel, purpose = _target(column.meaning["consent"])
        if said:
            self._yes(channel, purpose)
        elif said is False:
            self._no(column.meaning.get("no_means", REFUSED), channel, purpose, self.given)

    def _listed_consents(self, column: Column) -> None:
        known = column.meaning["consents"]
        for cell in self.cells[column.index :]:
            if not (text := cell.strip()):
                continue
            if text not in known:
                raise Problem("consent_id_unknown", column.name, text)
            self._yes(*_target(known[text]))

    def _status(self, column: Column) -> None:
        text = self.cells[column.index].strip()
        if not text:
            return
        action = _looked_up(column.meaning["status"], text)
        if action not in STATUSES:
            raise Problem("status_unknown", column.name, text)
        channels = _listed(column.meaning.get("channel")) or self.channels
        purpose = column.meaning.get("purpose", "")
        if action == GIVEN:
            self._yes(channels[0], purpose)
        elif action in NOES:
            for channel in channels:
                self._no(action, channel, purpose, self.withdrawn or self.stated)
        elif action != "contact":
            self._restrict(action, channels, purpose, self.stated)

    def _yes(self, channel: str, purpose: str) -> None:
        homes = self._homes(channel)
        if not homes:
            raise Problem("contact_missing")
        at, own_time = self._dated(self.given, yes=True)
        confirmed = self._dated(self.confirmed, yes=False)[0] if self.confirmed else None
        if self.confirmed and self.table.sends_letters and channel == Channel.EMAIL:
            raise Problem("confirmation_by_letter", self.confirmed.column.name, self.confirmed.text)
        needs = self.table.needs_confirmation
        # A row with two numbers says yes with the first: nobody said which.
        act = Act(GIVEN, homes[0], channel, purpose or self.row_purpose, at, own_time, needs)
        self.acts.append(act._replace(confirmed_at=confirmed, until=self._until()))

    def _no(self, kind: str, channel: str, purpose: str, timed: Timed | None) -> None:
        homes = self._homes(channel)
        if not homes:
            self.homeless += 1
            return
        at, own_time = self._dated(timed, yes=False)
        for contact in homes:
            self.acts.append(Act(kind, contact, channel, purpose or self.row_purpose, at, own_time))

    def _homes(self, channel: str) -> list[int]:
        kind = KIND_OF[channel]
        return [number for number, (known, _c) in enumerate(self.contacts) if known == kind]

    def _check_confirmation(self) -> None:
        if not self.confirmed or self.table.mapping.get("lone_confirmation") == "ignore":
            return
        if not any(act.kind in (GIVEN, *NOES) for act in self.acts):
            raise Problem(
                "confirmation_without_give", self.confirmed.column.name, self.confirmed.text
            )

    def _without_contradictions(self) -> list[Act]:
        """Of a yes and a no about the same, neither with its own time, the no alone stays."""
        noes = {a[1:4] for a in self.acts if a.kind in NOES and not a.own_time}
        if not noes:
            return self.acts
        return [a for a in self.acts if a.kind != GIVEN or a.own_time or a[1:4] not in noes]

    # Restrictions, suppressions ------------------------------------------------------------------

    def _every_row(self) -> None:
        for kind, scope in self.table.every_row.items():
            if kind in NOES:
                self._no(kind, scope["channel"], "", self.withdrawn)
            else:
                self._restrict(kind, [scope["channel"]], "", None)

    def _restrictions(self) -> None:
        for column in self.table.flags.get("restriction", ()):
            if _said(column, self.cells):
                meaning = column.meaning
                channels = _listed(meaning.get("channel")) or [""]
                stated = self.stated if self.table.columns_of["stated_at"] else None
                self._restrict(meaning["restriction"], channels, meaning.get("purpose", ""), stated)

    def _restrict(self, kind: str, channels: list[str], purpose: str, timed: Timed | None) -> None:
        if kind == RestrictionKind.OBJECTION_PURPOSE:
            purpose = purpose or self.row_purpose
        for channel in channels:
            homes = self._homes(channel) if channel else range(len(self.contacts))
            if not homes:
                self.homeless += 1
                continue
            at, own_time = self._restricted_at(timed)
            for contact in homes:
                self.acts.append(Act(kind, contact, channel, purpose, at, own_time))

    def _restricted_at(self, timed: Timed | None) -> tuple[datetime, bool]:
        if not timed and not self.table.as_of and self.table.fallback:
            return self.table.fallback, False
        return self._dated(timed, yes=False)

    def _bans(self) -> list[Ban]:
        bans: list[Ban] = []
        for column in self.table.flags.get("suppression", ()):
            channels = column.meaning["suppression"]
            numbers: list[tuple[str, Contact]] = []
            kind = KIND_OF[channels[0]]
            self._add_contact(numbers, kind, self.cells[column.index], column.name)
            for _kind, number in numbers:
                bans += [Ban(kind, number.key, channel, self._ban_until()) for channel in channels]
        return bans

    def _ban_until(self) -> datetime | None:
        """The last instant that the expiry can mean; one that can't be read is never."""
        for column in self.table.columns_of["expires_at"]:
            text = self.cells[column.index].strip()
            try:
                return self._told(column, text).last if text else None
            except Problem:
                return None
        return None

    def _first_text(self, field: str) -> str:
        for column in self.table.columns_of[field]:
            if text := self.cells[column.index].strip():
                return text
        return ""


def _said(column: Column, cells: list[str]) -> bool | None:
    word = cells[column.index].strip().casefold()
    if not word:
        return None
    if word in column.yes:
        return True
    if word in column.no:
        return False
    raise Problem("flag_unknown", column.name, cells[column.index])


def _target(target: dict[str, str]) -> tuple[str, str]:
    return target["channel"], target.get("purpose", "")


def _listed(value: Any) -> list[str]:
    if not value:
        return []
    return value if isinstance(value, list) else [value]


def _looked_up(values: dict[str, Any], text: str) -> Any:
    word = text.casefold()
    return next((value for key, value in values.items() if key.casefold() == word), None)
