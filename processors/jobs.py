"""What the worker does for this room: hash every signed document again, each day."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.jobs import Work, daily
from processors.choices import DocumentState
from processors.documents.storing import check_all
from processors.models import AgreementDocument


@daily(
    "processors.verify_documents",
    hour_local=settings.DAILY_WORK_HOUR,
    # Translators: "Sprawdzenie podpisanych dokumentów"
    label=_("Check of signed documents"),
)
def verify_documents(work: Work) -> dict[str, int]:
    """Compare each with what was uploaded; one that differs becomes a finding (security.md 33)."""
    checked = wrong = 0
    work.progress(0, total=AgreementDocument.objects.count())
    for check in check_all():
        checked += 1
        wrong += check.state != DocumentState.INTACT
        work.progress(checked)
    return {"documents": checked, "wrong": wrong}
