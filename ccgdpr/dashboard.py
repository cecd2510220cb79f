"""The first page: what waits, what the registers hold, how consents move, what changed lately."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.paging import about
from audit.waiting import waiting_for
from ccgdpr.coming import coming_for, seen_expiries
from ccgdpr.findings import broken_rules, lines, may_see_findings, totals
from ccgdpr.first_day import first_day
from ccgdpr.flow import consent_flow
from ccgdpr.menu import CHECK, HEARD, LISTS, TRAIL, Entry, may_view
from ccgdpr.trend import trend
from consents.models import (
    Consent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    LeadSource,
    Restriction,
    Suppression,
)
from legitimate_interest.models import BalanceTest
from notices.models import Notice
from processing.models import ProcessingActivity, Purpose
from processors.models import AutomationTool, Organisation, ProcessingAgreement

# Counting a table of millions takes seconds: from here on the card says "about".
COUNTED = 10_000

CHANGES = 8

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
    ProcessingAgreement,
    AutomationTool,
    BalanceTest,
    Notice,
)


@dataclass(frozen=True)
class Door:
    """A way into the work of somebody who keeps no registers."""

    entry: Entry
    hint: str | Promise
    icon: str

    @property
    def url(self) -> str:
        return reverse(self.entry.url_name)


DOORS = (
    Door(LISTS, _("Whom you may contact for one purpose on one channel."), "list"),
    Door(CHECK, _("One number or address, before you dial or write."), "check"),
    Door(HEARD, _("What somebody told an agent, in their words."), "pencil"),
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
    registers = register_counts(user)
    shown: dict[str, Any] = {"registers": registers}
    if not registers:
        shown["doors"] = [door for door in DOORS if door.entry.is_open_to(user)]
    if user.has_perm("consents.add_consentimport"):
        shown["steps"] = first_day(user)
    if may_see_findings(user):
        broken = broken_rules(user)
        shown |= {"findings": lines(broken), "totals": totals(broken), "trend": trend(user)}
    if seen_expiries(user):
        shown["coming"] = coming_for(user)
    if waiting := waiting_for(user):
        shown["waiting"] = waiting
    if TRAIL.is_open_to(user):
        shown |= {"changes": trail.latest(user, CHANGES), "trail_url": reverse(TRAIL.url_name)}
    if may_view(user, Consent):
        shown["flow"] = consent_flow()
    return shown
