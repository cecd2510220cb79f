"""New versions of wordings, and their review."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consents import services
from consents.admin.forms.asking import (
    AskedForm,
    LocalMoment,
)
from consents.models import (
    ConsentWording,
    WordingReview,
)


class NewVersionForm(AskedForm):
    why = _("What the new version is for: a change of law, of channel, of words.")

    def perform(self) -> ConsentWording:
        return services.new_version(self.record)


class ReviewForm(AskedForm, forms.ModelForm):
    """The checklist of a review; without objections only where nothing is missing."""

    effective_from = LocalMoment(label=_("Effective from"))

    class Meta:
        model = WordingReview
        fields = (
            "regime",
            "distinguishable",
            "not_conditional",
            "no_preticked_box",
            "told_of_withdrawal",
            "channels_apart",
            "controller_named",
            "meets_recital_171",
            "outcome",
            "effective_from",
            "note",
        )
        widgets = {"note": forms.Textarea({"rows": 3})}

    def clean_effective_from(self) -> datetime:
        return self.cleaned_data["effective_from"] or timezone.now()

    def _post_clean(self) -> None:
        self.instance.wording = self.record
        super()._post_clean()

    def perform(self) -> WordingReview:
        self.instance.reason = self.reason()
        return self.save()
