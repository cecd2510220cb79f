"""What the pages of an import show: the beginning of the file, what was found, what is missing."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import display
from audit.reading.encodings import ENCODINGS, polish_words
from audit.reading.errors import EncodingNeeded, Refused
from audit.reading.tables import members
from consents.choices import EventKind, ImportState
from consents.importing import picker, uploads
from consents.importing.applying import COUNTS
from consents.importing.errors import RowError
from consents.importing.plan import OWN_MAP
from consents.importing.presets import folded
from consents.models import (
    ConsentEvent,
    ConsentImport,
    MappingPreset,
    StagedReject,
)
from processing.models import Purpose

REASONS_SHOWN = 6
TONES = {
    ImportState.UPLOADED: ("info", "upload"),
    ImportState.STAGED: ("off", "eye"),
    ImportState.APPLYING: ("info", "clock"),
    ImportState.APPLIED: ("ok", "check"),
    ImportState.REFUSED: ("bad", "cross"),
    ImportState.ABANDONED: ("off", "minus"),
}
_STEPS = {ImportState.UPLOADED: 2, ImportState.STAGED: 3, ImportState.APPLIED: 5}


def state_badge(upload: ConsentImport) -> str:
    return display.badge(upload.get_state_display(), *TONES[ImportState(upload.state)])


def told(upload: ConsentImport) -> dict[str, Any]:
    own = upload.state in (ImportState.UPLOADED, ImportState.STAGED)
    return {
        "upload": upload,
        "counts": dict.fromkeys((*COUNTS, "contacts", "people"), 0) | upload.counts,
        "badge": state_badge(upload),
        "url": reverse("admin:consents_import_file", args=[upload.uuid]),
        "is_open": own,
        "format_name": _format_name(upload),
        "to_apply": upload.counts.get("applied", 0),
        "noes": upload.counts.get("refused", 0) + upload.counts.get("withdrawn", 0),
        "step": _STEPS.get(ImportState(upload.state), 4),
    }


def _format_name(upload: ConsentImport) -> str:
    if upload.preset in ("", OWN_MAP):
        return _("Columns of its own") if upload.mapping else ""
    preset = MappingPreset.objects.filter(slug=upload.preset).first()
    return preset.name if preset else upload.preset


def rejected(upload: ConsentImport) -> list[tuple[RowError, int]]:
    """The first rejected row of each reason, with how many there are."""
    rows = StagedReject.objects.filter(upload=upload)
    counted = rows.values("reason").annotate(count=Count("pk")).order_by("-count")
    found = []
    for each in counted[:REASONS_SHOWN]:
        row = rows.filter(reason=each["reason"]).order_by("line").first()
        error = RowError(row.line, row.column, row.value, row.reason, row.member)
        found.append((error, each["count"]))
    return found


def without_wording(upload: ConsentImport) -> Iterator[dict[str, Any]]:
    """Consents of this import that rest on no wording, by purpose and channel, with the period."""
    events = ConsentEvent.objects.filter(batch=upload.batch, kind=EventKind.GIVEN)
    groups = events.without_wording().values("purpose", "channel").annotate(count=Count("pk"))
    for group in groups.order_by("purpose", "channel"):
        yield {
            "purpose": Purpose.objects.get(pk=group["purpose"]),
            "channel": dict(ConsentEvent._meta.get_field("channel").flatchoices)[group["channel"]],
            "count": group["count"],
            "url": reverse("admin:consents_leadsource_change", args=[upload.source_id]),
        }


class Look:
    """The beginning of a kept file, as the picker shows it."""

    def __init__(self, upload: ConsentImport, form: forms.Form | None = None) -> None:
        self.upload = upload
        self.header_given = True
        mapping = upload.mapping or preset_mapping(upload)
        self.mapping = mapping
        self.encoding = upload.encoding or mapping.get("encoding", "")
        self.delimiter = mapping.get("delimiter", "")
        self.has_header = mapping.get("header", True)
        if form is not None and form.is_bound:
            self.encoding = form.data.get("encoding", "")
            self.delimiter = form.data.get("delimiter", "")
            self.has_header = bool(form.data.get("header"))
        self.rows = self._rows()

    def _rows(self) -> list[list[str]]:
        try:
            with uploads.kept_file(self.upload) as path:
                member = members(path, self.upload.file_name)[0]
                found = member.first(4, encoding=self.encoding, delimiter=self.delimiter)
        except (Refused, FileNotFoundError):
            return []
        return [row.cells for row in found]

    @property
    def header(self) -> list[str]:
        return self.rows[0] if self.rows else []

    def names(self) -> list[str]:
        if self.has_header:
            return self.header
        return [str(n + 1) for n in range(len(self.header))]

    def picked(self) -> Iterator[picker.Picked]:
        purposes = {p.slug: p.name for p in purposes_of(self.upload)} | {
            "": self.upload.purpose.name
        }
        known = {folded(n): m for n, m in self.mapping.get("columns", {}).items()}
        for number, name in enumerate(self.names()):
            if self.has_header and not name.strip():
                continue
            meaning = known.get(folded(name)) or _by_pattern(name, self.mapping)
            yield picker.Picked(
                number,
                name.lstrip("\ufeff").strip(),
                self._example(number),
                meaning,
                picker.chosen(meaning, self.upload.purpose.slug),
                picker.said(meaning, purposes),
            )

    def _example(self, number: int) -> str:
        for cells in self.rows[1 if self.has_header else 0 :]:
            if number < len(cells) and cells[number].strip():
                return cells[number].strip()[:60]
        return ""

    def encodings(self) -> list[tuple[str, str]]:
        """For a file that is not UTF-8: each encoding with Polish words as it reads them."""
        try:
            with uploads.kept_file(self.upload) as path:
                member = members(path, self.upload.file_name)[0]
                try:
                    member.first(200)
                except EncodingNeeded:
                    with member.opened() as file:
                        sample = file.read(1 << 16)
                    read = ((name, sample.decode(name, "replace")) for name in ENCODINGS[1:6])
                    return [(name, ", ".join(polish_words(text, 5))) for name, text in read]
        except (Refused, FileNotFoundError):
            pass
        return []


def _by_pattern(name: str, mapping: dict[str, Any]) -> dict[str, Any] | None:
    for column, meaning in mapping.get("columns", {}).items():
        if column.endswith("*") and folded(name).startswith(folded(column[:-1])):
            return meaning
        if column.endswith("+") and name.isdecimal() and int(name) >= int(column[:-1]):
            return meaning
    return None


def preset_mapping(upload: ConsentImport) -> dict[str, Any]:
    preset = MappingPreset.objects.filter(slug=upload.preset).first()
    return preset.mapping if preset else {}


def purposes_of(upload: ConsentImport) -> list[Purpose]:
    controller = upload.source.controller_id
    return list(Purpose.objects.filter(activity__controller=controller).order_by("name_pl"))
