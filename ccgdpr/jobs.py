"""What the worker does for the whole house once a day: count what is wrong, and write of it."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.counting import count_today
from audit.jobs import Work, daily
from audit.jobs.schedule import WEEKDAYS
from ccgdpr import digest


@daily(
    "house.count_findings",
    hour_local=settings.DAILY_WORK_HOUR,
    # Translators: "Dzienne zestawienie niezgodności"
    label=_("Daily count of findings"),
)
def count_findings(work: Work) -> dict[str, int]:
    """Write down the day's count, of which the trend is made; a second count takes its place."""
    counted = count_today()
    return {"open": sum(each.open for each in counted)}


@daily(
    "house.write_letters",
    hour_local=settings.FINDINGS_LETTER_HOUR,
    # Translators: "List o niezgodnościach do IOD"
    label=_("Letter about findings"),
    days=WEEKDAYS,
)
def write_letters(work: Work) -> dict[str, int]:
    """Write to every data protection officer; an attempt that goes on begins after the last."""
    sent = work.job.done
    work.progress(sent, total=digest.recipients().count())
    for left in digest.sending(after=sent):
        sent += left
        work.progress(sent)
    return {"letters": sent}
