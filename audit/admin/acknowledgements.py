"""Findings that somebody lives with: the form that says so, and the log of who, why, until when."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audit import display, naming, rules
from audit.acknowledging import acknowledge, may_acknowledge, permission_for, take_back
from audit.admin.records import ReadOnlyAdmin
from audit.admin.versions import author
from audit.choices import Severity
from audit.dates import DayInput
from audit.lists import RegisterList, SavedView
from audit.models import FindingAcknowledgement
from audit.reasons import readable
from audit.rules import Rule
from audit.verbs import ReasonedForm, Verb, VerbForm, VerbsAdmin

USUALLY = timedelta(days=90)
TONES = {Severity.BLOCKING: "bad", Severity.IMPORTANT: "warn", Severity.MINOR: "off"}
ACCEPT, ACKNOWLEDGE = gettext_lazy("Accept the risk"), gettext_lazy("Acknowledge")


class AcknowledgeForm(VerbForm):
    """Why somebody lives with it, and until when; ``record`` is what breaks ``rule``."""

    until = forms.DateField(
        label=gettext_lazy("until"),
        widget=DayInput,
        help_text=gettext_lazy("The first day on which it is open again. A year at most."),
    )
    why = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea({"rows": 3}), max_length=1000
    )

    def __init__(self, *args: Any, rule: Rule, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rule = rule
        self.fields["until"].initial = timezone.localdate() + USUALLY

    def reason(self) -> str:
        return self.cleaned_data["why"]

    def perform(self) -> FindingAcknowledgement:
        until = self.cleaned_data["until"]
        return acknowledge(self.rule, self.record, by=self.user, until=until)


def label_for(rule: Rule) -> Any:
    """What the button is called: a blocking finding is a risk that somebody accepts."""
    return ACCEPT if rule.severity == Severity.BLOCKING else ACKNOWLEDGE


def acknowledge_view(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    rule = next((rule for rule in rules.registered() if rule.code == code), None)
    if rule is None or not may_acknowledge(request.user, rule):
        raise PermissionDenied
    record = rule.records().filter(pk=pk).first()
    if record is None:
        raise Http404
    form = AcknowledgeForm(request.POST or None, rule=rule, record=record, user=request.user)
    if request.method == "POST" and form.is_valid() and form.act():
        messages.success(request, _("It has left the open list until that day. No gate is opened."))
        return HttpResponseRedirect(reverse("admin:findings"))
    return TemplateResponse(request, "admin/verb.html", _asked(request, rule, record, form))


def _asked(request: HttpRequest, rule: Rule, record: Any, form: VerbForm) -> dict[str, Any]:
    says = _("%(message)s (%(article)s). It leaves the open list, and opens no gate.")
    verb = {
        "label": label_for(rule),
        "says": says
        % {"message": capfirst(str(rule.message).rstrip(".")), "article": rule.article},
        "tone": "",
    }
    return {
        **admin.site.each_context(request),
        "title": label_for(rule),
        "verb": verb,
        "form": form,
        "list_url": reverse("admin:findings"),
        "list_title": _("Findings"),
        "record_title": naming.name_of(record),
    }


class TakeBackForm(ReasonedForm):
    def perform(self) -> FindingAcknowledgement:
        return take_back(self.record, by=self.user)


def _not_standing(row: FindingAcknowledgement) -> Any:
    standing = row.stands_on(timezone.localdate())
    return "" if standing else _("It no longer holds: the finding is open.")


class StandingFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", pgettext_lazy("acknowledgement", "Holds"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.standing() if self.value() == "now" else queryset


@admin.register(FindingAcknowledgement)
class FindingAcknowledgementAdmin(RegisterList, VerbsAdmin, ReadOnlyAdmin):
    """The log: every acknowledgement and every taking back, as it was written."""

    list_display = ("what", "severity_badge", "record_link", "until_day", "state", "who", "why")
    list_filter = (StandingFilter, "severity")
    list_select_related = ("recorded_by", "ends")
    saved_views = (
        SavedView(pgettext_lazy("acknowledgement", "Holds"), {"state": "now"}),
        SavedView(gettext_lazy("All")),
    )
    fields = ("what", "severity_badge", "record_link", "until_day", "recorded", "who", "why")
    readonly_fields = fields
    verbs = tuple(
        Verb(
            name,
            # Translators: "Otwórz ponownie"
            gettext_lazy("Open again"),
            permission_for(severity),
            TakeBackForm,
            gettext_lazy("The finding is open again."),
            blocked=_not_standing,
            offered=offered,
        )
        for name, severity, offered in (
            ("open-risk", Severity.BLOCKING, lambda row: row.severity == Severity.BLOCKING),
            ("open-again", Severity.MINOR, lambda row: row.severity != Severity.BLOCKING),
        )
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[FindingAcknowledgement]:
        """Within the registers that the user may view."""
        seen = [
            rule.model._meta.label_lower
            for rule in rules.registered()
            if rule.is_seen_by(request.user)
        ]
        ended = FindingAcknowledgement.objects.filter(ends=OuterRef("pk"))
        rows = super().get_queryset(request).filter(register__in=seen)
        return rows.annotate(was_ended=Exists(ended))

    def badge(self, record: FindingAcknowledgement) -> Any:
        return self.state(record)

    @admin.display(description=gettext_lazy("Finding"))
    def what(self, row: FindingAcknowledgement) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("Severity"), ordering="severity")
    def severity_badge(self, row: FindingAcknowledgement) -> SafeString:
        return display.badge(row.get_severity_display(), TONES[Severity(row.severity)], "alert")

    @admin.display(description=gettext_lazy("Record"))
    def record_link(self, row: FindingAcknowledgement) -> str:
        label = f"#{row.record_id}"
        try:
            url = reverse(f"admin:{row.register.replace('.', '_')}_change", args=[row.record_id])
        except NoReverseMatch:
            return label
        return format_html('<a href="{}">{}</a>', url, label)

    @admin.display(description=gettext_lazy("until"), ordering="until")
    def until_day(self, row: FindingAcknowledgement) -> str:
        return display.day(row.until)

    @admin.display(description=gettext_lazy("State"))
    def state(self, row: FindingAcknowledgement) -> SafeString:
        if row.ends_id:
            return display.badge(_("Takes back an earlier one"), "info")
        if row.was_ended:
            return display.badge(_("Taken back"), "off")
        if row.until and row.until <= timezone.localdate():
            return display.badge(pgettext_lazy("acknowledgement", "Over"), "off")
        return display.badge(pgettext_lazy("acknowledgement", "Holds"), "warn")

    @admin.display(description=gettext_lazy("Recorded"))
    def recorded(self, row: FindingAcknowledgement) -> str:
        return display.moment(row.recorded_at)

    @admin.display(description=gettext_lazy("Who"))
    def who(self, row: FindingAcknowledgement) -> str:
        return author(row.recorded_by, row.recorded_name)

    @admin.display(description=gettext_lazy("Reason"))
    def why(self, row: FindingAcknowledgement) -> str:
        return readable(row.reason)
