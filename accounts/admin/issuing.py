"""Keys of clients are issued here: their text stands in the answer to the POST and nowhere else."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, ApiKey
from audit.admin import ReasonedForm, Verb, VerbForm, VerbsAdmin
from audit.dates import MomentInput

USUAL = timedelta(days=180)
HOURS = (
    (0, _("at once")),
    (1, _("in an hour")),
    (24, _("in a day")),
    (3 * 24, _("in three days")),
    (7 * 24, _("in a week")),
    (30 * 24, _("in thirty days")),
)


def _usual_end() -> datetime:
    """At noon, when somebody is at work to notice that a key has ended."""
    day = timezone.localdate() + USUAL
    return timezone.make_aware(datetime.combine(day, time(12)))


class IssuesKey(VerbForm):
    """Asks until when the new key holds; ``result`` is the key and its text."""

    until = forms.DateTimeField(
        label=_("Holds until"),
        widget=MomentInput,
        initial=_usual_end,
        help_text=_("Local time, at most 365 days ahead. A warning comes 30 days before."),
    )
    # The newest key as the form was opened: a page that is loaded again issues no second one.
    newest = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["newest"].initial = _newest_of(self.client)

    @property
    def client(self) -> ApiClient:
        return self.record

    def perform(self) -> tuple[ApiKey, str]:
        # Two posts of one page wait for each other.
        ApiClient.objects.select_for_update().get(pk=self.client.pk)
        if (self.cleaned_data["newest"] or 0) != _newest_of(self.client):
            raise ValidationError(
                _(
                    "A key was issued since you opened this page. If its text was not kept, end it "
                    "and issue another one."
                )
            )
        return self.issue(self.cleaned_data["until"])

    def issue(self, until: datetime) -> tuple[ApiKey, str]:
        return self._named(lambda: self.client.issue_key(until=until))

    def _named(self, make: Any) -> tuple[ApiKey, str]:
        """What is wrong with the end of the key stands at the field that asked for it."""
        try:
            return make()
        except ValidationError as refusal:
            if "active_until" in getattr(refusal, "error_dict", {}):
                refusal.error_dict["until"] = refusal.error_dict.pop("active_until")
            raise


class IssueForm(IssuesKey):
    """The first key of a client, or one more."""


class ChangeOverForm(IssuesKey, ReasonedForm):
    """A new key in the place of this one, which goes on holding for a while."""

    hours = forms.TypedChoiceField(label=_("This key ends"), choices=HOURS, coerce=int, initial=24)
    field_order = ("until", "hours", "cause", "reason_text", "newest")

    @property
    def client(self) -> ApiClient:
        return self.record.client

    def issue(self, until: datetime) -> tuple[ApiKey, str]:
        overlap = timedelta(hours=self.cleaned_data["hours"])
        return self._named(lambda: self.record.change_over(until=until, overlap=overlap))


class IssuingAdmin(VerbsAdmin):
    """Shows the text of a key that a verb issued, once: in no message, session, address or log."""

    def answer(
        self, request: HttpRequest, record: models.Model, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        if not isinstance(form, IssuesKey):
            return super().answer(request, record, verb, form)
        key, text = form.result
        context = {**self._page(request, record, verb), "key": key, "text": text}
        return TemplateResponse(request, "admin/accounts/key_issued.html", context)


def _newest_of(client: ApiClient) -> int:
    return client.keys.aggregate(newest=models.Max("pk"))["newest"] or 0
