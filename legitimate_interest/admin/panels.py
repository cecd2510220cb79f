"""The balance tests of a purpose, on the purpose's own page."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from legitimate_interest.admin import shown
from processing.choices import Basis
from processing.models import Purpose
from processing.panels import register_panel


@register_panel
def balance_tests(purpose: Purpose, user: Any) -> SafeString | str:
    """Tests of a purpose on Art. 6(1)(f), or of one that once had that basis."""
    if not user.has_perm("legitimate_interest.view_balancetest"):
        return ""
    tests = list(purpose.balance_tests.select_related("author").order_by("-version"))
    rests = purpose.basis == Basis.LEGITIMATE_INTEREST
    if not (rests or tests):
        return ""
    context = {
        "purpose": purpose,
        "tests": [(test, shown.status(test), shown.outcome(test)) for test in tests],
        "may_start": rests
        and user.has_perm("legitimate_interest.add_balancetest")
        and not any(test.is_open for test in tests),
    }
    return render_to_string("admin/legitimate_interest/panel.html", context)
