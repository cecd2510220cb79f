"""The balance tests of a purpose, on the purpose's own page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.panels import Panel, register
from legitimate_interest import shown
from processing.choices import Basis
from processing.models import Purpose


@register(Purpose)
def balance_tests(purpose: Purpose, user: Any) -> Panel | None:
    """Tests of a purpose on Art. 6(1)(f), or of one that once had that basis."""
    if not user.has_perm("legitimate_interest.view_balancetest"):
        return None
    tests = list(purpose.balance_tests.select_related("author").order_by("-version"))
    rests = purpose.basis == Basis.LEGITIMATE_INTEREST
    if not (rests or tests):
        return None
    may_add = user.has_perm("legitimate_interest.add_balancetest") and rests
    may_add = may_add and not any(test.is_open for test in tests)
    holds = {
        "purpose": purpose,
        "tests": [(test, shown.status(test), shown.outcome(test)) for test in tests],
        "may_start": may_add and not tests,
        "to_copy": tests[0] if may_add and tests else None,
    }
    return Panel(_("Balance tests"), "admin/legitimate_interest/panel.html", holds)
