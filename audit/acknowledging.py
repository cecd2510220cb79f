"""Living with a finding: until a day, with a reason, by whoever may; it opens no gate."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from audit.choices import Severity
from audit.models import FindingAcknowledgement
from audit.rules import Rule


def permission_for(severity: str) -> str:
    """A blocking finding is a risk: the controller accepts it, the DPO may not (Art. 38(6))."""
    is_risk = severity == Severity.BLOCKING
    return "audit.accept_risk" if is_risk else "audit.acknowledge_finding"


def may_acknowledge(user: Any, rule: Rule) -> bool:
    return rule.is_seen_by(user) and bool(user.has_perm(permission_for(rule.severity)))


@transaction.atomic
def acknowledge(
    rule: Rule, record: models.Model, *, by: Any, until: date
) -> FindingAcknowledgement:
    """Live with ``rule`` being broken by ``record`` until the local day ``until``, exclusive.

    The reason is the current act's. Raises PermissionDenied, and ValidationError with a sentence.
    """
    if not may_acknowledge(by, rule):
        raise PermissionDenied
    if not rule.is_broken_by(record):
        raise ValidationError(_("This has been mended: there is nothing to acknowledge."))
    if standing := rule.acknowledgements().filter(record_id=record.pk).first():
        day = formats.date_format(standing.until, "DATE_FORMAT")
        raise ValidationError(_("It is acknowledged already, until %(day)s.") % {"day": day})
    row = FindingAcknowledgement(
        rule=rule.code,
        severity=rule.severity,
        register=rule.model._meta.label_lower,
        record_id=record.pk,
        until=until,
    )
    return _kept(row)


@transaction.atomic
def take_back(standing: FindingAcknowledgement, *, by: Any) -> FindingAcknowledgement:
    """Open a finding again before its day. Raises PermissionDenied, ValidationError where it is."""
    if not by.has_perm(permission_for(standing.severity)):
        raise PermissionDenied
    if not standing.stands_on(timezone.localdate()):
        raise ValidationError(_("It no longer holds: the finding is open."))
    row = FindingAcknowledgement(
        rule=standing.rule,
        severity=standing.severity,
        register=standing.register,
        record_id=standing.record_id,
        ends=standing,
    )
    return _kept(row)


def _kept(row: FindingAcknowledgement) -> FindingAcknowledgement:
    row.full_clean()
    row.save()
    return row
