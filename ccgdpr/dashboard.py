"""The first page: what waits, what the registers hold, how consents move, what changed lately."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst

from accounts.models import User
from audit.paging import about
from ccgdpr.findings import broken_rules, lines, may_see_findings, totals
from ccgdpr.first_day import first_day
from ccgdpr.flow import consent_flow
from ccgdpr.menu import may_view
from consents.models import (
    Consent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    LeadSource,
    Restriction,
    Suppression,
)
from processing.models import ProcessingActivity, Purpose
from processors.models import Organisation

# Counting a table of millions takes seconds: from here on the card says "about".
COUNTED = 10_000

REGISTERS: tuple[type[Model], ...] = (
    DataSubject,
    ContactPoint,
    Consent,
    Restriction,
    Suppression,
    ConsentWording,
    LeadSource,
    ProcessingActivity,
    Purpose,
    Organisation,
)


@dataclass(frozen=True)
class RegisterCount:
    """A register that the user may open, and how many records it holds."""

    label: str
    url: str
    count: int
    is_about: bool


def register_counts(user: User) -> list[RegisterCount]:
    """The registers that ``user`` may view; at most two queries each."""
    return [_counted(model) for model in REGISTERS if may_view(user, model)]


def _counted(model: type[Model]) -> RegisterCount:
    meta = model._meta
    count = about(model) or 0
    if is_small := count < COUNTED:
        count = model._default_manager.order_by().count()
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return RegisterCount(capfirst(meta.verbose_name_plural), url, count, is_about=not is_small)


def dashboard(user: User) -> dict[str, Any]:
    """Everything that the first page of ``user`` shows; what is not for them is missing."""
    shown: dict[str, Any] = {"registers": register_counts(user)}
    if user.has_perm("consents.add_consentimport"):
        shown["steps"] = first_day()
    if may_see_findings(user):
        broken = broken_rules(user)
        shown |= {"findings": lines(broken), "totals": totals(broken)}
    if may_view(user, Consent):
        shown["flow"] = consent_flow()
    return shown
