"""The trail on screen: filters by address, words by POST (they may be a number), pages by key."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from audit import access, cells, trail
from audit.choices import AccessAction, Way
from audit.dates import DayInput

MOST_EXPORTED = 50_000
CHUNK = 64 * 1024
SYSTEM = [(trail.SYSTEM, gettext_lazy("The system"))]


class Day(forms.DateField):
    widget = DayInput

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False)


class Choice(forms.ChoiceField):
    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False)


class FilterForm(forms.Form):
    """What the trail may be asked for; unknown values are passed over, like no filter at all."""

    # Translators: "Od"
    since = Day(gettext_lazy("From"))
    # Translators: "Do"
    until = Day(gettext_lazy("To"))
    register = Choice(gettext_lazy("Register"))
    person = Choice(gettext_lazy("Who"))
    action = Choice(gettext_lazy("What happened"))
    # Translators: "Droga zmiany"
    way = Choice(gettext_lazy("Way of change"))
    # Translators: "Zapis lub powód"
    words = forms.CharField(label=gettext_lazy("Record or reason"), required=False, max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, label_suffix="", **options)
        registers = sorted((table.label, table.key) for table in trail.tables())
        people = get_user_model()._base_manager.order_by("full_name", "pk")
        self._choose("register", _("All registers"), [(key, label) for label, key in registers])
        self._choose("person", _("Everybody"), [*SYSTEM, *((str(p.pk), str(p)) for p in people)])
        self._choose("action", _("Anything"), list(trail.ACTIONS.items()))
        self._choose("way", _("Any"), Way.choices)

    def _choose(self, name: str, nothing: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = [("", nothing), *choices]

    def asked(self) -> trail.Asked:
        self.is_valid()
        return trail.Asked(**{k: v for k, v in self.cleaned_data.items() if v})


def trail_view(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("audit.view_trail"):
        raise PermissionDenied
    form = FilterForm(request.POST if request.method == "POST" else request.GET)
    asked = form.asked()
    batch = trail.uuid_of(request.GET.get("batch", ""))
    if batch:
        asked = trail.Asked(batch=batch)
    page = trail.page(asked, _given(request).get("older", ""))
    trail.link_for(request.user, page.entries)
    context = {
        **admin.site.each_context(request),
        "title": _("History of changes"),
        "form": form,
        "asked": asked,
        "days": _by_day(page.entries),
        "older": page.older,
        **(_batch(batch, page.entries, request.user) if batch else {}),
    }
    return TemplateResponse(request, "admin/trail.html", context)


def _given(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else request.GET


def _by_day(entries: list[trail.Entry]) -> list[tuple[date, list[trail.Entry]]]:
    days: dict[date, list[trail.Entry]] = {}
    for entry in entries:
        days.setdefault(timezone.localdate(entry.at), []).append(entry)
    return list(days.items())


def _batch(batch: Any, entries: list[trail.Entry], user: Any) -> dict[str, Any]:
    counts = trail.count_exactly(batch)
    by_hand = [batch] if any(entry.way == Way.ADMIN for entry in entries) else []
    told = {**trail.wholes(by_hand), **trail.described([batch])}.get(batch)
    url = told.url if told and trail.may_open(user, told.url) else ""
    return {"batch": batch, "batch_told": told, "batch_url": url, "batch_counts": counts}


# Export with its protocol -------------------------------------------------------------------------


COLUMNS = (
    "at",
    "who",
    "way",
    "register",
    "record",
    "action",
    "field",
    "before",
    "after",
    "reason",
    "batch",
)


def export_view(request: HttpRequest) -> HttpResponse:
    """A ZIP of the entries asked for and of the protocol that says how they were asked for."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm("audit.view_trail"):
        raise PermissionDenied
    asked = FilterForm(request.POST).asked()
    event = access.opened(
        AccessAction.TRAIL, "audit.trail", filters=_filters(asked), columns=COLUMNS
    )
    export = _Export(asked, event, str(request.user))
    return StreamingHttpResponse(
        access.Outgoing(event, export.chunks(), rows=lambda: export.rows),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="trail.zip"'},
    )


def _filters(asked: trail.Asked) -> dict[str, str]:
    """The filters as the access log keeps them: that words were given, not which."""
    given = {name: str(value) for name, value in vars(asked).items() if value}
    return given | ({"words": "***"} if asked.words else {})


class _Export:
    def __init__(self, asked: trail.Asked, event: Any, who: str) -> None:
        self.asked, self.event, self.who = asked, event, who
        self.rows = 0
        self.is_cut = False

    def chunks(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                with archive.open("trail.csv", "w") as entries:
                    sha256 = self._write(entries)
                archive.writestr("protocol.txt", self._protocol(sha256))
            file.seek(0)
            yield from iter(lambda: file.read(CHUNK), b"")

    def _write(self, file: Any) -> str:
        digest = access.hashlib.sha256()
        for line in self._lines():
            digest.update(line)
            file.write(line)
        return digest.hexdigest()

    def _lines(self) -> Iterator[bytes]:
        yield _line(COLUMNS)
        older = ""
        while self.rows < MOST_EXPORTED:
            page = trail.page(self.asked, older, size=500)
            for entry in page.entries:
                self.rows += 1
                yield from map(_line, _told(entry))
            if not (older := page.older):
                return
        self.is_cut = True

    def _protocol(self, sha256: str) -> str:
        filters = "; ".join(f"{n}: {v}" for n, v in vars(self.asked).items() if v) or "–"
        lines = [
            (pgettext("of a protocol", "View"), _("History of changes")),
            (_("Filters"), filters),
            (_("Made by"), self.who),
            (_("Made at"), timezone.now().isoformat()),
            (_("Entry of the access log"), str(self.event.uuid)),
            (_("Entries"), str(self.rows)),
            (_("Complete"), _("no: narrow the dates") if self.is_cut else _("yes")),
            (_("SHA-256 of trail.csv"), sha256),
        ]
        return "".join(f"{label}: {value}\r\n" for label, value in lines)


def _told(entry: trail.Entry) -> Iterator[tuple[Any, ...]]:
    """A line for each changed field; one for an entry without any, and one per count of a batch."""
    head = (entry.at.isoformat(), entry.who, entry.way_label)
    tail = (entry.why, str(entry.batch or ""))
    if entry.is_batch:
        for count in entry.counts:
            more = ">" if count.is_more else ""
            number = f"{more}{count.at_most}"
            yield (*head, count.table.label, entry.title, count.kind_label, "", "", number, *tail)
        return
    record = (entry.register, entry.record_name, entry.action_label)
    told = [(c.label, c.before, c.after) for c in entry.changes]
    told = told or [(label, "", value) for label, value in entry.values] or [("", "", "")]
    for each in told:
        yield (*head, *record, *each, *tail)


def _line(values: Any) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([cells.guarded(str(value)) for value in values])
    return line.getvalue().encode()
