"""What ends in this room, or has to be looked at again."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.expiries import Expiry, register
from audit.waiting import Waiting
from audit.waiting import register as wait
from processors.choices import ToolState
from processors.models import (
    AdequacyDecision,
    AutomationTool,
    Organisation,
    ProcessingAgreement,
    ToolAcceptance,
    Transfer,
)


def _running_transfers() -> QuerySet[Transfer]:
    return Transfer.objects.made(timezone.localdate())


register(
    Expiry(
        code="agreement",
        # Translators: "Umowy powierzenia: koniec"
        label=_("Processing agreements: end"),
        model=ProcessingAgreement,
        field="in_force_until",
        records=lambda: ProcessingAgreement.objects.unended(timezone.localdate()),
    )
)
register(
    Expiry(
        code="diligence",
        # Translators: "Gwarancje podmiotów przetwarzających: ponowna weryfikacja"
        label=_("Guarantees of processors: verify again"),
        model=Organisation,
        field="diligence_review_on",
        records=lambda: Organisation.objects.filter(is_own=False),
    )
)
register(
    Expiry(
        code="transfer",
        # Translators: "Transfery do państw trzecich: ponowne sprawdzenie"
        label=_("Transfers to third countries: check again"),
        model=Transfer,
        field="review_on",
        records=_running_transfers,
    )
)
register(
    Expiry(
        code="adequacy",
        # Translators: "Decyzje o adekwatności: koniec"
        label=_("Adequacy decisions: end"),
        model=AdequacyDecision,
        field="until",
        records=AdequacyDecision.objects.all,
    )
)
register(
    Expiry(
        code="acceptance",
        # Translators: "Akceptacje narzędzi przez klientów: koniec"
        label=_("Clients' acceptances of tools: end"),
        model=ToolAcceptance,
        field="until",
        records=ToolAcceptance.objects.all,
        url=lambda row: reverse("admin:processors_automationtool_change", args=[row.tool_id]),
    )
)


def _tools(state: str) -> QuerySet[AutomationTool]:
    return AutomationTool.objects.filter(state=state)


def _list(state: str) -> str:
    return f"{reverse('admin:processors_automationtool_changelist')}?state={state}"


wait(
    Waiting(
        code="tools_to_verify",
        # Translators: "Narzędzia do zweryfikowania"
        label=_("Tools to verify"),
        permission="processors.verify_automationtool",
        records=lambda user: _tools(ToolState.PROPOSED),
        url=lambda: _list(ToolState.PROPOSED),
    )
)
wait(
    Waiting(
        code="tools_to_approve",
        # Translators: "Narzędzia do dopuszczenia"
        label=_("Tools to put in use"),
        permission="processors.approve_automationtool",
        records=lambda user: _tools(ToolState.VERIFIED),
        url=lambda: _list(ToolState.VERIFIED),
    )
)
