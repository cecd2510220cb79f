"""What is wrong with balance tests, and with purposes that rest on a legitimate interest."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.choices import Severity
from audit.rules import Rule, register
from legitimate_interest.choices import Outcome, TestState
from legitimate_interest.models import BalanceTest
from processing.choices import Basis
from processing.models import Purpose

WAITS_TOO_LONG = timedelta(days=14)
REVIEW_SOON = 30  # days
ON_LEGITIMATE_INTEREST = Q(basis=Basis.LEGITIMATE_INTEREST)


def _start(purpose: Purpose) -> str:
    """Begins a test of ``purpose``, or opens the one that is being worked on."""
    return f"{reverse('admin:legitimate_interest_balancetest_add')}?purpose={purpose.pk}"


def _purpose_page(purpose: Purpose) -> str:
    return reverse("admin:processing_purpose_change", args=[purpose.pk])


def _page(test: BalanceTest) -> str:
    return reverse("admin:legitimate_interest_balancetest_change", args=[test.pk])


def _verb(name: str) -> Any:
    return lambda test: reverse(f"admin:legitimate_interest_balancetest_{name}", args=[test.pk])


def _refused(purposes: QuerySet[Purpose]) -> Q:
    """What stands for a purpose says that the interest does not prevail."""
    standing = BalanceTest.objects.standing().filter(purpose=OuterRef("pk"))
    return Exists(standing.filter(outcome=Outcome.NOT_RELY))


def _without_test(purposes: Any) -> QuerySet[Purpose]:
    current = BalanceTest.objects.current().filter(purpose=OuterRef("pk"))
    return purposes.active().filter(~Exists(current) & ~_refused(purposes))


def _active_though_refused(purposes: Any) -> QuerySet[Purpose]:
    return purposes.active().filter(_refused(purposes))


def _of_living_purposes(tests: QuerySet[BalanceTest]) -> QuerySet[BalanceTest]:
    purposes = Purpose.objects.active().filter(ON_LEGITIMATE_INTEREST)
    return tests.filter(purpose__in=purposes.values("pk"))


def _review_passed(tests: Any) -> QuerySet[BalanceTest]:
    return _of_living_purposes(tests.expired())


def _review_soon(tests: Any) -> QuerySet[BalanceTest]:
    return _of_living_purposes(tests.review_due(timezone.localdate(), within=REVIEW_SOON))


def _waits(test: BalanceTest) -> str:
    if test.submitted_at is None:
        return ""
    days = (timezone.localdate() - timezone.localdate(test.submitted_at)).days
    words = ngettext("Submitted %(days)d day ago.", "Submitted %(days)d days ago.", days)
    return words % {"days": days}


def _advised(test: BalanceTest) -> Any:
    return test.get_dpo_position_display()


register(
    Rule(
        code="purpose_without_balance_test",
        severity=Severity.BLOCKING,
        article=_("Art. 6(1)(f), 5(2) GDPR"),
        # Translators: "Cel opiera się na uzasadnionym interesie, a nie ma obowiązującego testu."
        message=_(
            "The purpose rests on a legitimate interest, and no approved balance test is in force."
        ),
        model=Purpose,
        broken=_without_test,
        standing=ON_LEGITIMATE_INTEREST,
        # Translators: "Rozpocznij test równowagi"
        mend_label=_("Start a balance test"),
        mend_url=_start,
    )
)
register(
    Rule(
        code="purpose_active_though_refused",
        severity=Severity.BLOCKING,
        article=_("Art. 6(1)(f) GDPR"),
        message=_(
            "The approved balance test says that the interest does not prevail, and the purpose is "
            "still active."
        ),
        model=Purpose,
        broken=_active_though_refused,
        standing=ON_LEGITIMATE_INTEREST,
        mend_label=_("End the purpose or change its basis"),
        mend_url=_purpose_page,
    )
)
register(
    Rule(
        code="balance_test_without_opinion",
        severity=Severity.IMPORTANT,
        article=_("Art. 38(1), 39(1)(a) GDPR"),
        message=_("The submitted balance test waits for the opinion of the DPO."),
        model=BalanceTest,
        broken=lambda tests: tests.filter(dpo_opinion_at=None),
        standing=Q(state=TestState.SUBMITTED),
        guards=("approve",),
        mend_label=_("Give the opinion"),
        mend_url=_verb("advise"),
        detail=_waits,
        met=_advised,
    )
)
register(
    Rule(
        code="balance_test_waits",
        severity=Severity.MINOR,
        article=_("Art. 5(2) GDPR"),
        message=_("The balance test has been waiting for approval for more than 14 days."),
        model=BalanceTest,
        broken=lambda tests: tests.filter(submitted_at__lt=timezone.now() - WAITS_TOO_LONG),
        standing=Q(state=TestState.SUBMITTED),
        mend_label=_("Open the test"),
        mend_url=_page,
        detail=_waits,
    )
)
register(
    Rule(
        code="balance_test_review_passed",
        severity=Severity.IMPORTANT,
        article=_("Art. 5(2), 24(1) GDPR"),
        message=_("The review of the balance test is overdue; it no longer holds."),
        model=BalanceTest,
        broken=_review_passed,
        # Translators: "Nowa wersja"
        mend_label=_("New version"),
        mend_url=_verb("copy"),
    )
)
register(
    Rule(
        code="balance_test_review_soon",
        severity=Severity.MINOR,
        article=_("Art. 24(1) GDPR"),
        message=_("The balance test is due for review within 30 days."),
        model=BalanceTest,
        broken=_review_soon,
        mend_label=_("New version"),
        mend_url=_verb("copy"),
    )
)
