"""What changed between two versions of a record, field by field, as people read it.

Labels, choices, local times; related records by their names, fetched in one query per kind; long
texts word by word. A withheld field says that it changed, never to what.
"""

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit import naming
from audit.models import AppendOnlyModel

# Bookkeeping of every record, which says nothing about what somebody changed.
SILENT = frozenset({"id", "uuid", "created_at", "updated_at"})
# What the head of an entry says of a row that is written once.
ACT = frozenset(
    {"recorded_at", "recorded_by", "recorded_name", "way", "reason", "batch"}
    | {"evidence_id", "evidence_sha256"}
)
LONG = 60  # from here on a text is compared word by word
MANY_WORDS = 2000


@dataclass(frozen=True)
class Change:
    """One field: its label, and what stood there before and stands there after."""

    name: str
    label: str
    before: str
    after: str
    is_withheld: bool = False

    @property
    def is_long(self) -> bool:
        return bool(self.before and self.after) and max(len(self.before), len(self.after)) > LONG

    @property
    def words(self) -> SafeString:
        """Both texts in one, what went struck (``del``) and what came marked (``ins``)."""
        return word_difference(self.before, self.after)

    @property
    def html(self) -> SafeString:
        if self.is_withheld:
            return format_html('<span class="quiet">{}</span>', _("changed; the value is not kept"))
        if self.is_long:
            return self.words
        before = _mark("del", self.before)
        return format_html("{} → {}", before, _mark("ins", self.after))


def _mark(tag: str, text: str) -> SafeString:
    if not text:
        return format_html('<span class="quiet">{}</span>', _("not given"))
    return format_html("<{0}>{1}</{0}>", tag, text)


def word_difference(before: str, after: str) -> SafeString:
    old, new = _words(before), _words(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=len(old) > MANY_WORDS)
    parts: list[tuple[SafeString]] = []
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            parts.append((format_html("{}", "".join(old[i1:i2])),))
            continue
        for tag, words in (("del", old[i1:i2]), ("ins", new[j1:j2])):
            if words:
                parts.append((format_html("<{0}>{1}</{0}>", tag, "".join(words)),))
    return format_html_join("", "{}", parts)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


class Reader:
    """Reads versions of records aloud; knows every related name it was told of beforehand."""

    def __init__(self, versions: Iterable[models.Model | None]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for version in versions:
            if version is None:
                continue
            for field in told_fields(type(version)):
                if field.is_relation and (key := getattr(version, field.attname)) is not None:
                    wanted[field.related_model].add(key)
        self._names = {model: self._names_of(model, keys) for model, keys in wanted.items()}

    def _names_of(self, model: type[models.Model], keys: set[Any]) -> dict[Any, str]:
        return naming.names_of(model, keys)

    def value(self, version: models.Model, field: models.Field) -> str:
        """What stands in ``field``, as it reads on screen; empty where nothing stands."""
        value = getattr(version, field.attname)
        if value is None or value == "":
            return ""
        if field.is_relation:
            return self._names.get(field.related_model, {}).get(value, f"#{value}")
        return _read(field, value)

    def values(self, version: models.Model) -> list[tuple[str, str]]:
        """Label and value of each field that stood filled in ``version``."""
        pairs = [(label_of(f), self.value(version, f)) for f in told_fields(type(version))]
        return [pair for pair in pairs if pair[1]]

    def changes(self, before: models.Model | None, after: models.Model) -> list[Change]:
        """Fields that differ between two rows of one history, withheld ones included."""
        live = live_model(type(after))
        told = [] if before is None else list(self._told(before, after))
        withheld = [name for name in after.history_withheld.split(",") if name]
        labels = [(name, label_of(live._meta.get_field(name))) for name in withheld]
        if before is None:  # everything is new: what matters is that it was made
            return told
        return told + [Change(name, label, "", "", is_withheld=True) for name, label in labels]

    def _told(self, before: models.Model, after: models.Model) -> Iterable[Change]:
        for field in told_fields(type(after)):
            if getattr(before, field.attname) != getattr(after, field.attname):
                old, new = self.value(before, field), self.value(after, field)
                yield Change(field.name, label_of(field), old, new)


def live_model(history: type[models.Model]) -> type[models.Model]:
    return getattr(history, "instance_type", history)


def told_fields(model: type[models.Model]) -> list[models.Field]:
    """The fields of a history or of a register that say what somebody entered."""
    tracked = getattr(model, "tracked_fields", None) or model._meta.concrete_fields
    silent = SILENT | ACT if issubclass(model, AppendOnlyModel) else SILENT
    return [field for field in tracked if field.name not in silent]


def label_of(field: Any) -> str:
    return capfirst(str(field.verbose_name))


def _read(field: models.Field, value: Any) -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    for kind, read in _READ.items():
        if isinstance(value, kind):
            return read(value)
    return str(value)


def _instant(value: datetime) -> str:
    return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")


# In this order: a datetime is a date, a bool an int.
_READ: dict[type | tuple[type, ...], Callable[[Any], str]] = {
    bool: lambda value: _("yes") if value else _("no"),
    datetime: _instant,
    date: lambda value: formats.date_format(value, "DATE_FORMAT"),
    (dict, list): lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True),
}
