"""What is done with a balance test as a whole: submitted, advised on, decided, copied."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.admin import Verb, VerbForm
from audit.days import midnight
from legitimate_interest import services
from legitimate_interest.choices import Position, TestState
from legitimate_interest.gaps import gaps
from legitimate_interest.models import BalanceTest


def _day(**attributes: str) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attributes})


def _text(rows: int = 5) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})


class SubmitForm(VerbForm):
    def perform(self) -> None:
        services.submit(self.record)


class AdviseForm(VerbForm):
    """The DPO advises; the controller decides (Art. 38(6))."""

    position = forms.ChoiceField(label=_("Position"), choices=Position)
    opinion = forms.CharField(label=_("Opinion of the DPO"), widget=_text(8))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["position"].initial = self.record.dpo_position
        self.fields["opinion"].initial = self.record.dpo_opinion

    def perform(self) -> None:
        self.record.advise(by=self.user, **self.cleaned_data)


class ApproveForm(VerbForm):
    review_on = forms.DateField(
        label=_("Review by"),
        widget=_day(),
        help_text=_("Within twelve months. On this day the test no longer holds."),
    )
    valid_from = forms.DateField(
        label=_("In force from"),
        required=False,
        widget=_day(),
        help_text=_("Empty: from now on. A test never holds for the past."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        latest = services.latest_review(timezone.localdate())
        self.fields["review_on"].initial = latest

    def perform(self) -> None:
        services.approve(
            self.record,
            by=self.user,
            review_on=self.cleaned_data["review_on"],
            valid_from=self._begins(),
        )

    def _begins(self) -> datetime | None:
        """The first instant of the day; today is from now on."""
        day = self.cleaned_data["valid_from"]
        if day is None or day == timezone.localdate():
            return None
        return midnight(day)


class RejectForm(VerbForm):
    why = forms.CharField(
        # Translators: "Powód odrzucenia"
        label=_("Why it is rejected"),
        widget=_text(),
        help_text=_("The author reads this, and begins a new version with it."),
    )

    def reason(self) -> str:
        return self.cleaned_data["why"]

    def perform(self) -> None:
        self.record.reject(by=self.user, reason=self.cleaned_data["why"])


class CopyForm(VerbForm):
    def perform(self) -> BalanceTest:
        return services.copy(self.record, by=self.user)


def _is_draft(test: BalanceTest) -> bool:
    return test.is_draft


def _is_submitted(test: BalanceTest) -> bool:
    return test.state == TestState.SUBMITTED


def _is_decided(test: BalanceTest) -> bool:
    return test.state in (TestState.APPROVED, TestState.REJECTED)


def _incomplete(test: BalanceTest) -> str:
    missing = len(gaps(test))
    words = ngettext("%(n)d answer is missing.", "%(n)d answers are missing.", missing)
    return words % {"n": missing} if missing else ""


def _worked_on(test: BalanceTest) -> Any:
    is_open = BalanceTest.objects.open().filter(purpose=test.purpose_id).exists()
    return _("A test of this purpose is already being worked on.") if is_open else ""


VERBS = (
    Verb(
        "submit",
        # Translators: "Przekaż do oceny"
        _("Submit"),
        "legitimate_interest.change_balancetest",
        SubmitForm,
        _("The test is submitted. It waits for the opinion of the DPO, then for an approver."),
        says=_(
            "From now on nothing in this test changes. The DPO gives an opinion, then an approver "
            "who has not written in it decides."
        ),
        tone="primary",
        blocked=_incomplete,
        offered=_is_draft,
    ),
    Verb(
        "advise",
        # Translators: "Wydaj opinię"
        _("Give the opinion"),
        "legitimate_interest.advise_balancetest",
        AdviseForm,
        _("The opinion is recorded."),
        says=_("The DPO advises and the controller decides: an opinion is no approval."),
        offered=_is_submitted,
    ),
    Verb(
        "approve",
        # Translators: "Zatwierdź test"
        _("Approve the test"),
        "legitimate_interest.approve_balancetest",
        ApproveForm,
        _("The test is approved."),
        says=_("The purpose rests on this test until the review. It replaces the test before it."),
        tone="primary",
        guarded_as="approve",
        offered=_is_submitted,
        # Translators: "Decyzję podejmuje osoba zatwierdzająca."
        whose=_("An approver decides."),
    ),
    Verb(
        "reject",
        # Translators: "Odrzuć test"
        _("Reject the test"),
        "legitimate_interest.approve_balancetest",
        RejectForm,
        _("The test is rejected."),
        says=_("The test stays as it is, rejected. Its author may begin a new version from it."),
        tone="danger",
        offered=_is_submitted,
    ),
    Verb(
        "copy",
        _("New version"),
        "legitimate_interest.add_balancetest",
        CopyForm,
        _("This is the new version. It holds the texts of the one before."),
        says=_(
            "A new draft begins with the texts of this version, asked in the words of today. "
            "This version holds until the new one is approved."
        ),
        blocked=_worked_on,
        offered=_is_decided,
    ),
)
