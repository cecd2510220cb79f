"""Balance tests whose review comes near, and those that wait for somebody."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.expiries import Expiry, register
from audit.waiting import Waiting
from audit.waiting import register as wait
from legitimate_interest.models import BalanceTest

register(
    Expiry(
        code="balance_test",
        # Translators: "Testy równowagi: przegląd"
        label=_("Balance tests: review"),
        model=BalanceTest,
        field="review_on",
        records=BalanceTest.objects.in_force,
    )
)
for permission in ("advise_balancetest", "approve_balancetest"):
    wait(
        Waiting(
            code=permission,
            # Translators: "Testy równowagi do zaopiniowania" / "… do zatwierdzenia"
            label=_("Balance tests that wait for your opinion")
            if permission == "advise_balancetest"
            else _("Balance tests that wait for your decision"),
            permission=f"legitimate_interest.{permission}",
            records=BalanceTest.objects.waiting_for,
            url=lambda: reverse("admin:legitimate_interest_balancetest_changelist"),
        )
    )
