"""The house with three registers on the bare base classes: ``pytest.mark.urls``."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import include, path

from audit.admin import AuditedAdmin, AuditedInline, ReadOnlyAdmin, ReasonedForm, Verb, VerbsAdmin
from audit.models import AccessEvent
from ccgdpr.site import HouseSite
from consents.models import LeadSource, SourceWording
from processors.models import Organisation


class RenameForm(ReasonedForm):
    name = forms.CharField()

    def perform(self) -> None:
        if self.cleaned_data["name"] == "taken":
            raise ValidationError({"name": "This name is taken."})
        self.record.name = self.cleaned_data["name"]
        self.record.save()


class OrganisationAdmin(VerbsAdmin, AuditedAdmin):
    list_display = ("name",)
    list_filter = ("country",)
    fields = ("slug", "name", "country", "diligence", "diligence_on", "diligence_note")
    verbs = (
        Verb("rename", "Rename", "processors.change_organisation", RenameForm, "Renamed."),
        Verb(
            "close",
            "Close",
            "processors.change_organisation",
            RenameForm,
            "Closed.",
            tone="danger",
            blocked=lambda record: "It is our own." if record.is_own else "",
        ),
        Verb(
            "publish",
            "Publish",
            "processors.change_organisation",
            RenameForm,
            "Published.",
            guarded_as="publish",
            offered=lambda record: not record.is_own,
        ),
        Verb(
            "admit",
            "Admit",
            "accounts.delete_user",
            RenameForm,
            "Admitted.",
            whose="Somebody else admits.",
        ),
        Verb("appoint", "Appoint", "accounts.delete_user", RenameForm, "Appointed."),
    )

    def requires_reason(self, record: Any) -> bool:
        return record.diligence == "sufficient"


class ShownInline(AuditedInline):
    model = SourceWording
    fields = ("wording", "shown_from", "shown_until")


class SourceAdmin(AuditedAdmin):
    fields = ("slug", "controller", "kind", "name_pl", "name_en")
    inlines = (ShownInline,)


OURS = {Organisation: OrganisationAdmin, LeadSource: SourceAdmin, AccessEvent: ReadOnlyAdmin}

site = HouseSite()
for model, theirs in admin.site._registry.items():  # the menu leads to all of them
    site.register(model, OURS.get(model) or type(theirs))

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", site.urls),
]
