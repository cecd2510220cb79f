"""One recipient, processor, tool, transfer or retention rule onto many activities at once."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.forms.models import modelform_factory
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.verbs import ReasonedForm, Verb
from processing import services
from processing.admin.parts import choices_of
from processing.models import (
    ActivityPart,
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ProcessingActivity,
    RetentionRule,
)
from processing.services import Added
from processors.models import AutomationTool, Organisation, ProcessingAgreement, Transfer

CHANGE = "processing.change_processingactivity"
PREFIX = "part"


class AddForm(ReasonedForm, forms.ModelForm):
    """What to add to ``activities``, checked as the part itself would be, and why."""

    told_by = ""
    choices: dict[str, Callable[[], QuerySet]] = {}

    def __init__(
        self, *args: Any, activities: QuerySet[ProcessingActivity], **options: Any
    ) -> None:
        self.activities = activities
        super().__init__(*args, **options)
        for name, records in self.choices.items():
            field = self.fields[name]
            field.queryset = records()
            field.choices = choices_of(field.queryset)

    def perform(self) -> Added:
        names = self._meta.fields or ()
        values = {name: getattr(self.instance, name) for name in names}
        return services.add_to_many(
            self.activities, self._meta.model, told_by=self.told_by, **values
        )


def adding(
    part: type[ActivityPart],
    fields: Sequence[str],
    choices: dict[str, Callable[[], QuerySet]] | None = None,
) -> type[AddForm]:
    """A form for ``part`` with ``fields``, of which the first tells one part from another."""
    form = modelform_factory(part, form=AddForm, fields=list(fields))
    form.told_by, form.choices = fields[0], choices or {}
    return form


PARTS: dict[str, tuple[Any, str, type[AddForm]]] = {
    "add_recipient": (
        # Translators: "Dodaj odbiorcę do zaznaczonych"
        _("Add a recipient to the selected"),
        "activityrecipient",
        adding(ActivityRecipient, ["recipient"]),
    ),
    "add_processor": (
        # Translators: "Dodaj podmiot przetwarzający do zaznaczonych"
        _("Add a processor to the selected"),
        "activityprocessor",
        adding(
            ActivityProcessor,
            ["organisation", "agreement"],
            {
                "organisation": lambda: Organisation.objects.filter(is_own=False),
                "agreement": lambda: ProcessingAgreement.objects.given(),
            },
        ),
    ),
    "add_tool": (
        # Translators: "Dodaj narzędzie do zaznaczonych"
        _("Add a tool to the selected"),
        "activitytool",
        adding(ActivityTool, ["tool"], {"tool": AutomationTool.objects.all}),
    ),
    "add_transfer": (
        # Translators: "Dodaj przekazanie do zaznaczonych"
        _("Add a transfer to the selected"),
        "activitytransfer",
        adding(
            ActivityTransfer,
            ["transfer"],
            {"transfer": lambda: Transfer.objects.select_related("organisation")},
        ),
    ),
    "add_retention_rule": (
        # Translators: "Dodaj regułę przechowywania do zaznaczonych"
        _("Add a retention rule to the selected"),
        "retentionrule",
        adding(
            RetentionRule,
            [
                "what_pl",
                "what_en",
                "period",
                "unit",
                "to_year_end",
                "trigger",
                "action",
                "legal_hold",
                "basis",
            ],
        ),
    ),
}


class InvolvingAdmin(admin.ModelAdmin):
    """Offers to add one part to the activities that are ticked on the list."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        ours = {
            name: (partial(_add, name=name), name, label)
            for name, (label, model, _form) in PARTS.items()
            if request.user.has_perm(f"processing.add_{model}") and request.user.has_perm(CHANGE)
        }
        return {**super().get_actions(request), **ours}

    def add_part(
        self, request: HttpRequest, chosen: QuerySet[ProcessingActivity], name: str
    ) -> HttpResponse | None:
        """Ask what and why; then add it in one batch and say what was left out."""
        label, _model, form_class = PARTS[name]
        # With a prefix: a retention rule, too, has a field called "action".
        data = request.POST if f"{PREFIX}-cause" in request.POST else None
        form = form_class(data, activities=chosen, user=request.user, prefix=PREFIX)
        if data and form.is_valid() and form.act():
            self._say(request, form.result)
            return None
        return self._asked(request, form, name, label)

    def _say(self, request: HttpRequest, added: Added) -> None:
        count = len(added.to)
        done = ngettext("Added to %(n)d activity.", "Added to %(n)d activities.", count)
        tone = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, done % {"n": count}, tone)
        for left_out, words in (
            (added.had_it, _("Already there, left as it is: %(which)s")),
            (added.unfit, _("Nobody processes for themselves, left out: %(which)s")),
        ):
            if left_out:
                which = ", ".join(str(activity) for activity in left_out)
                self.message_user(request, words % {"which": which}, messages.WARNING)

    def _asked(self, request: HttpRequest, form: AddForm, name: str, label: Any) -> HttpResponse:
        keys = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        across = request.POST.get("select_across", "0")
        count = form.activities.count() if across == "1" else len(keys)
        chosen = ngettext("%(n)d activity", "%(n)d activities", count) % {"n": count}
        context = {
            **self.admin_site.each_context(request),
            "title": label,
            "verb": Verb(name, label, CHANGE, type(form), "", says=WHAT_HAPPENS),
            "form": form,
            "hidden": [
                ("action", name),
                ("select_across", across),
                *((helpers.ACTION_CHECKBOX_NAME, key) for key in keys),
            ],
            "record_title": chosen,
            "list_url": reverse("admin:processing_processingactivity_changelist"),
            "list_title": self.opts.verbose_name_plural,
        }
        return TemplateResponse(request, "admin/verb.html", context)


WHAT_HAPPENS = _(
    "From now on, with one reason and as one entry of the trail. Activities that have it already "
    "stay as they are."
)


def _add(
    model_admin: InvolvingAdmin, request: HttpRequest, chosen: QuerySet, *, name: str
) -> HttpResponse | None:
    return model_admin.add_part(request, chosen, name)
