"""What a version was written from, as it stood; and how that differs from the registers now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from audit.changes import Change
from legitimate_interest.models import BalanceTest
from notices.writing.registers import Facts
from processing.models import ProcessingActivity, Purpose, Recipient, RetentionRule
from processors.models import AutomationTool, Organisation, Transfer


def _both(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{language}" for name in names for language in ("pl", "en"))


@dataclass(frozen=True)
class Kind:
    """A kind of record that notices are written from, and the fields that they tell."""

    model: type[models.Model]
    fields: tuple[str, ...]
    arrived: Any
    left: Any
    changed: Any


KINDS = {
    "controller": Kind(
        Organisation,
        (
            *("name", "address", "email", "phone", "representative"),
            *("dpo_name", "dpo_email", "dpo_phone"),
        ),
        # Translators: "nowy administrator danych: …"
        _("new controller: %(name)s"),
        _("controller left: %(name)s"),
        _("controller changed: %(name)s"),
    ),
    "purpose": Kind(
        Purpose,
        (*_both("name", "description"), "basis", "basis_law", "special_condition", "nature"),
        _("new purpose: %(name)s"),
        _("purpose ended: %(name)s"),
        _("purpose changed: %(name)s"),
    ),
    "interest": Kind(
        BalanceTest,
        _both("interest"),
        _("new legitimate interest: %(name)s"),
        # Translators: "nie ma już aktualnego testu równowagi: …"
        _("no current balance test any more: %(name)s"),
        _("legitimate interest changed: %(name)s"),
    ),
    "activity": Kind(
        ProcessingActivity,
        (
            *("joint_controllers", *_both("data", "recipients", "transfers")),
            *_both("retention", "source"),
        ),
        _("new activity: %(name)s"),
        _("activity left: %(name)s"),
        _("activity changed: %(name)s"),
    ),
    "tool": Kind(
        AutomationTool,
        (
            *("name", "vendor__name", "records_calls", "automated_decisions"),
            *_both("disclosure", "recording_sentence", "ai_sentence", "emotion_notice"),
        ),
        _("new tool: %(name)s"),
        _("tool left: %(name)s"),
        _("tool changed: %(name)s"),
    ),
    "processor": Kind(
        Organisation,
        ("name",),
        _("new processor: %(name)s"),
        _("processor left: %(name)s"),
        _("processor changed: %(name)s"),
    ),
    "recipient": Kind(
        Recipient,
        _both("name"),
        _("new recipient: %(name)s"),
        _("recipient left: %(name)s"),
        _("recipient changed: %(name)s"),
    ),
    "transfer": Kind(
        Transfer,
        ("organisation__name", "country", "mechanism"),
        _("new transfer: %(name)s"),
        _("transfer ended: %(name)s"),
        _("transfer changed: %(name)s"),
    ),
    "retention": Kind(
        RetentionRule,
        (
            *_both("what"),
            *("period", "unit", "to_year_end", "legal_hold"),
            *_both("trigger__phrase"),
        ),
        _("new retention rule: %(name)s"),
        _("retention rule ended: %(name)s"),
        _("retention changed: %(name)s"),
    ),
}

Snapshot = dict[str, Any]


def taken(facts: Facts) -> Snapshot:
    """``facts`` by kind and key with the texts that a notice tells, fit for JSON."""
    records = {f"{kind}:{key}": said for kind, key, said in _records(facts)}
    return {"records": records, "passed_over": facts.passed_over}


def _records(facts: Facts) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    yield _record("controller", facts.controller)
    for kind, records in (
        ("purpose", facts.purposes),
        ("activity", facts.activities),
        ("tool", facts.tools),
        ("processor", facts.processors),
        ("recipient", facts.recipients),
        ("transfer", facts.transfers),
        ("retention", facts.rules),
    ):
        for record in records:
            yield _record(kind, record)
    for purpose in facts.purposes:
        # By purpose: a test renewed in the same words changes nothing for people.
        if test := facts.tests.get(purpose.pk):
            said = {name: getattr(test, name) for name in KINDS["interest"].fields}
            yield "interest", purpose.pk, {"names": _names(purpose), "says": said}


def _record(kind: str, record: Any) -> tuple[str, Any, dict[str, Any]]:
    said = {name: _value(record, name) for name in KINDS[kind].fields}
    return kind, record.pk, {"names": _names(record), "says": said}


def _value(record: Any, name: str) -> Any:
    for step in name.split("__"):
        record = getattr(record, step)
    return record


def _names(record: Any) -> list[str]:
    """What the record is called, in Polish and in English."""
    if isinstance(record, RetentionRule):
        return [record.what_pl, record.what_en]
    if isinstance(record, Transfer):
        return [f"{record.organisation.name} ({record.country})"] * 2
    if hasattr(record, "name_pl"):
        return [record.name_pl, record.name_en]
    return [record.name] * 2


@dataclass(frozen=True)
class Difference:
    """One record that came, left or changed since a version was written."""

    kind: str
    names: tuple[str, str]
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def sentence(self) -> str:
        """Such as ``new tool: Voicebot X``, in the active language."""
        kind = KINDS[self.kind]
        words = kind.changed
        if self.before is None:
            words = kind.arrived
        elif self.after is None:
            words = kind.left
        name = self.names[(get_language() or "pl").startswith("en")] or self.names[0]
        return capfirst(str(words) % {"name": name})

    @property
    def changes(self) -> list[Change]:
        """Field by field, as people read it; empty for what came or left."""
        if self.before is None or self.after is None:
            return []
        return [
            Change(name, _label(self.kind, name), _read(self.kind, name, before), now)
            for name, before in self.before.items()
            if (now := _read(self.kind, name, self.after.get(name)))
            != _read(self.kind, name, before)
        ]


def differences(before: Snapshot, now: Snapshot) -> list[Difference]:
    """What moved between two snapshots: in the order of the kinds, then as the registers have it.

    Nothing where ``before`` is empty: nobody knows what that version was written from.
    """
    was, is_now = before.get("records", {}), now["records"]
    if not was:
        return []
    moved = [key for key in {**was, **is_now} if was.get(key) != is_now.get(key)]
    found = [_difference(key, was.get(key), is_now.get(key)) for key in moved]
    order = list(KINDS)
    return sorted(filter(None, found), key=lambda each: order.index(each.kind))


def _difference(
    key: str, was: dict[str, Any] | None, is_now: dict[str, Any] | None
) -> Difference | None:
    before, after = was and was["says"], is_now and is_now["says"]
    if before == after:
        return None
    first, second = (is_now or was or {})["names"]
    return Difference(key.partition(":")[0], (first, second), before, after)


def _label(kind: str, name: str) -> str:
    field = KINDS[kind].model._meta.get_field(name.partition("__")[0])
    return capfirst(str(field.verbose_name))  # type: ignore[union-attr]


def _read(kind: str, name: str, value: Any) -> str:
    field: Any = KINDS[kind].model._meta.get_field(name.partition("__")[0])
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value or ""))
    return "" if value is None else str(value)
