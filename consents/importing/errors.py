"""What can be wrong with a file or a row, each by its code, with a sentence and what to do."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.reading.errors import Refused


class Unrecognised(Refused):
    """No format, or more than one, has this header; ``columns`` are those seen."""

    def __init__(self, columns: list[str], why: Promise | str = "") -> None:
        self.columns = columns
        reason = why or _("The header is not of a known format.")
        seen = str(_("Columns seen: {columns}")).format(columns=", ".join(columns))
        super().__init__(f"{reason} {seen}")


class RowError(NamedTuple):
    """One row that is left out: where it begins, which cell, and why."""

    line: int
    column: str
    value: str
    reason: str
    member: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong, in the active language; holds the value of the cell."""
        return str(REASONS[self.reason][0]).format(value=self.value[:80])

    @property
    def hint(self) -> str:
        """What to do about it, in the active language."""
        advice = str(REASONS[self.reason][1])
        return f"{self.member}: {advice}" if self.member else advice


_FIX = _("Correct it in the file and upload the file again.")
_TEXT = _("Format the column as text and export the file again.")

REASONS: dict[str, tuple[Promise, Promise]] = {
    "ragged_row": (
        _("The number of cells differs from the header"),
        _("Check delimiters and quotes in this row."),
    ),
    "unclosed_quote": (
        _("A quote that opens here is never closed"),
        _("Close the quote; the rows after it were not read."),
    ),
    "control_character": (_("A cell holds a NUL character"), _("Export the file again.")),
    "no_contact": (
        _("The row holds no number or address"),
        _("Fill in a phone number or an e-mail address."),
    ),
    "contact_missing": (
        _("The row has no contact for the channel of this consent"),
        _("Fill in the number or address that the consent is about."),
    ),
    "contact_not_found": (
        _("“{value}” is not in the file of contacts"),
        _("Import it together with the file of contacts."),
    ),
    "value_too_long": (_("The value is too long"), _FIX),
    "contact_empty": (_("The value is empty"), _FIX),
    "phone_destroyed": (_("The spreadsheet destroyed the phone number"), _TEXT),
    "phone_invalid": (_("“{value}” is not a phone number"), _FIX),
    "email_invalid": (_("“{value}” is not an e-mail address"), _FIX),
    "flag_unknown": (
        _("“{value}” means neither yes nor no"),
        _("Write yes or no; an empty cell changes nothing."),
    ),
    "status_unknown": (_("Status “{value}” is unknown"), _("Map it or correct the file.")),
    "channel_unknown": (_("Channel “{value}” is unknown"), _FIX),
    "purpose_unknown": (_("Purpose “{value}” is unknown to this controller"), _FIX),
    "consent_id_unknown": (
        _("Consent “{value}” is not mapped"),
        _("Map it to a purpose and a channel."),
    ),
    "date_invalid": (_("Date “{value}” does not exist or cannot be read"), _FIX),
    "date_in_future": (_("Date “{value}” lies in the future"), _FIX),
    "time_skipped": (
        _("“{value}” did not exist: the clocks went forward then"),
        _("Give the time with its zone."),
    ),
    "time_missing": (
        _("The row does not say when"),
        _("Fill in the date, or say as of when the file was true."),
    ),
    "confirmation_without_give": (
        _("A confirmation of a consent that the register does not know"),
        _("Import the consent first, or fill in when it was given."),
    ),
    "confirmation_by_letter": (
        _("The house asks for this confirmation itself, by letter"),
        _("Import the file for the source that really asked, or leave the column out."),
    ),
    "erased": (
        _("The person asked for erasure"),
        _("Delete the row where the file comes from; the register keeps it out."),
    ),
    "contradiction": (
        _("Another row of the file says no for the same contact"),
        _("The no was recorded. Give each row its own time."),
    ),
}
