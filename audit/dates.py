"""Days and instants as fields: typed in the reader's order of day and month, which the field names.

The browser's own date field follows the language of the browser, not of the page: on a Polish
screen an English one asks for 03/04 and means the fourth of March.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime, AdminTimeWidget
from django.utils import formats
from django.utils.translation import gettext_lazy as _


class DayInput(AdminDateWidget):
    """A calendar day, with the admin's calendar where scripts run."""

    class Media:
        # Pages of records load the first of them anyway, the calendar stops without it.
        js = ("admin/js/core.js",)
        extend = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        # Translators: "dd.mm.rrrr"
        super().__init__({"placeholder": _("yyyy-mm-dd"), "autocomplete": "off", **(attrs or {})})


class MomentInput(forms.DateTimeInput):
    """A local moment to the minute."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        # Translators: "dd.mm.rrrr gg:mm"
        told = {"placeholder": _("yyyy-mm-dd hh:mm"), "autocomplete": "off", "size": 18}
        super().__init__({"class": "vMomentField", **told, **(attrs or {})})

    def format_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        day = formats.get_format("DATE_INPUT_FORMATS")[0]
        return value.strftime(f"{day} %H:%M")


class SplitMoment(AdminSplitDateTime):
    """A day and a time beside each other, as in the stock admin, each with a name of its own."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        forms.MultiWidget.__init__(
            self,
            [
                AdminDateWidget({"aria-label": _("Date")}),
                AdminTimeWidget({"aria-label": _("Time")}),
            ],
            attrs,
        )
