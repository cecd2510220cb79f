"""Values of registers in files: written so that they read back the same, read as people type them.

Days and instants are ISO, whole and with their zone; typed, they may be Polish (31.07.2026), and an
instant without a zone is local time. Never month before day: 07/01 would be two different days.
"""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.widgets import BooleanWidget, DateTimeWidget, DateWidget, IntegerWidget

POLISH = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
# As spreadsheets in both languages write them when a sheet is saved as CSV.
YES = frozenset({"1", "true", "yes", "tak", "prawda"})
NO = frozenset({"0", "false", "no", "nie", "fałsz"})


class InstantWidget(DateTimeWidget):
    """An instant to the microsecond with its zone: cut short, it would read back as a change."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> datetime | None:
        if not value:
            return None
        moment = _moment(str(value))
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)

    def render(self, value: Any, obj: Any = None, **options: Any) -> Any:
        return timezone.localtime(value).isoformat() if isinstance(value, datetime) else ""


class DayWidget(DateWidget):
    def clean(self, value: Any, row: Any = None, **options: Any) -> date | None:
        if not value:
            return None
        moment = _moment(str(value))
        if moment.time() != moment.time().min:
            raise ValueError(_("Write a day without a time."))
        return moment.date()

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        return value.isoformat() if isinstance(value, date) else ""


class YesNoWidget(BooleanWidget):
    """1 or 0; whatever means neither yes nor no is refused instead of read as no."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> bool | None:
        word = str(value if value is not None else "").strip().lower()
        if word and word not in YES | NO:
            raise ValueError(_("Write 1 for yes or 0 for no."))
        return (word in YES) if word else None


class WholeNumberWidget(IntegerWidget):
    """Digits alone: no separators of thousands, and no fraction is cut off."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> int | None:
        if self.is_empty(value):
            return None
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number.adjusted() > 18 or number != int(number):
            raise ValueError(_("Write a whole number."))
        return int(number)

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        return "" if value is None else str(value)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    for pattern in POLISH:
        try:
            return datetime.strptime(text.strip(), pattern)
        except ValueError:
            continue
    raise ValueError(_("Write the date as 2026-07-31 or 31.07.2026."))
