"""A number on the counted list that surprises: handed to the officer, who sees whom it is about."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.verbs import Verb, VerbForm
from consents.admin.lists import asked
from processing.choices import Channel
from screening.forms import PurposeChoice, ToolChoice, granted_to
from screening.models import Handover
from screening.question import Unanswerable, ask
from screening.reasons import REASON
from screening.verdict import tally

SHOWN = 10


class NoteField(forms.CharField):
    """A few lines that the other side reads."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2000, widget=forms.Textarea({"rows": 3}), **options)


class HandoverForm(VerbForm):
    """Which number it is about comes with the address, what is asked is typed."""

    purpose = PurposeChoice(widget=forms.HiddenInput)
    channel = forms.ChoiceField(choices=Channel.choices, widget=forms.HiddenInput)
    # A number counted for one tool is asked about as it was counted.
    tool = ToolChoice(widget=forms.HiddenInput)
    code = forms.ChoiceField(choices=[(c, c) for c in REASON], widget=forms.HiddenInput)
    note = NoteField(
        # Translators: "O co chodzi"
        label=_("What it is about"),
        # Translators: "Co Cię dziwi i do kiedy potrzebujesz odpowiedzi. Bez nazwisk i numerów."
        help_text=_("What surprises you, and by when you need an answer. No names, no numbers."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["purpose"].queryset = granted_to(self.user)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.count():
            # Translators: "Z tego powodu nikogo już nie pominięto. Policz listę ponownie."
            self.add_error(None, _("Nobody is left out for this reason now. Count the list again."))
        return data

    def count(self) -> int:
        """How many the list leaves out for this reason now; nobody where no law is recorded."""
        data = self.cleaned_data
        try:
            counts = tally(ask(data["purpose"], data["channel"], tool=data["tool"]))
        except Unanswerable:
            return 0
        return counts.get(data["code"], 0)

    def perform(self) -> Handover:
        data = self.cleaned_data
        handover = Handover(
            purpose=data["purpose"],
            channel=data["channel"],
            code=data["code"],
            count=self.count(),
            note=data["note"].strip(),
        )
        handover.full_clean()
        handover.save()
        return handover


HAND_OVER = Verb(
    "hand-over",
    # Translators: "Przekaż do IOD"
    _("Hand over to the DPO"),
    "screening.hand_over",
    HandoverForm,
    # Translators: "Przekazano. Odpowiedź pojawi się przy Twoich listach."
    _("Handed over. The answer will stand beside your lists."),
    says=_(
        "The data protection officer sees the purpose, the channel, the reason and the number, "
        "and looks up whom it is about. You will see the answer, not the people."
    ),
)


def handover_view(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(HAND_OVER.permission):
        raise PermissionDenied
    form = HandoverForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid() and form.act():
        messages.success(request, HAND_OVER.done)
        return HttpResponseRedirect(list_url(form.result.purpose.slug, form.result.channel))
    data = request.POST or request.GET
    return asked(
        request,
        HAND_OVER,
        form,
        record_title=_about(data),
        list_title=_("Contact lists"),
        list_url=list_url(data.get("purpose", ""), data.get("channel", "")),
    )


def _about(data: Any) -> str:
    reason = REASON.get(data.get("code", ""))
    channel = dict(Channel.choices).get(data.get("channel", ""), "")
    return " · ".join(str(part) for part in (reason and reason.label, channel) if part)


def list_url(purpose: str, channel: str) -> str:
    """The counted list that a number stands on."""
    url = reverse("admin:screening_list")
    return f"{url}?{urlencode({'purpose': purpose, 'channel': channel})}" if purpose else url


def own_handovers(user: Any) -> list[Handover]:
    """The latest questions of a supervisor, with their answers."""
    rows = Handover.objects.asked().filter(recorded_by=user)
    return list(rows.select_related("purpose", "answered_by__recorded_by")[:SHOWN])


def waiting_codes(purpose: Any, channel: str) -> set[str]:
    """The reasons that already wait for an answer, whoever handed them over."""
    rows = Handover.objects.waiting().filter(purpose=purpose, channel=channel)
    return set(rows.values_list("code", flat=True))


def state_badge(handover: Handover) -> str:
    if handover.is_answered:
        # Translators: "Odpowiedziano"
        return display.badge(_("Answered"), "ok")
    # Translators: "Czeka na odpowiedź"
    return display.badge(_("Waits for an answer"), "warn")
