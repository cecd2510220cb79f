"""The forms of one step: the test's own fields, the answers of its part, the impacts."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.forms import VersionForm
from legitimate_interest.choices import AnswerKind, Part
from legitimate_interest.gaps import FIELDS
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceTest

BLANK_ROWS = 2
TOKEN = "seen_version"  # noqa: S105 (of a version, not a secret)


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not said yet."""

    def __init__(self, **options: Any) -> None:
        choices = [("True", _("yes")), ("False", _("no"))]
        super().__init__(
            choices=choices,
            coerce=lambda value: value == "True",
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            **options,
        )


def _for_column(field: models.Field, **options: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return YesNoField(label=field.verbose_name, help_text=field.help_text)
    if isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
    elif isinstance(field, models.CharField) and not field.choices:
        options["widget"] = forms.TextInput(attrs={"class": "vTextField"})
    return field.formfield(**options)


class StepForm(VersionForm):
    """Refuses to overwrite a colleague only where it would write anything."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, label_suffix="", **options)

    @property
    def writes(self) -> bool:
        return bool(set(self.changed_data) - {TOKEN})

    def _refuse_if_overtaken(self) -> None:
        if self.writes:
            super()._refuse_if_overtaken()


class AnswerForm(StepForm):
    class Meta:
        model = BalanceAnswer
        fields = ("flag", "text")
        formfield_callback = _for_column

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("answer")
        if self.instance.question.kind != AnswerKind.YES_NO:
            del self.fields["flag"]

    @property
    def question(self) -> Any:
        return self.instance.question


class ImpactForm(StepForm):
    """An impact before the safeguards; an emptied new row is passed over."""

    take_out = forms.BooleanField(label=_("take out"), required=False)

    class Meta:
        model = BalanceImpact
        fields = ("description", "likelihood", "severity")
        formfield_callback = _for_column

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance.pk:
            del self.fields["take_out"]

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data.get("take_out"):
            self.instance.taken_out_at = timezone.now()
        return super().save(commit)


class SafeguardForm(StepForm):
    """The same impact, weighed again with its safeguards."""

    class Meta:
        model = BalanceImpact
        fields = ("safeguards", "likelihood_after", "severity_after")
        formfield_callback = _for_column

    @property
    def impact(self) -> Any:
        return self.instance


class Step:
    """Everything that one part of the form asks of one test."""

    def __init__(self, test: BalanceTest, part: Part, data: Any = None) -> None:
        self.test, self.part, self.data = test, part, data
        self.facts = self._facts()
        self.answers = [self._answer(row) for row in self._rows()]
        self.impacts = list(self._impacts()) if part == Part.IMPACT else []
        self.safeguards = list(self._safeguards()) if part == Part.SAFEGUARDS else []

    @property
    def forms(self) -> list[StepForm]:
        own = [self.facts] if self.facts else []
        return [*own, *self.answers, *self.impacts, *self.safeguards]

    def _facts(self) -> StepForm | None:
        if self.part not in FIELDS:
            return None
        form = forms.modelform_factory(
            BalanceTest, StepForm, fields=FIELDS[self.part], formfield_callback=_for_column
        )
        return form(self.data, instance=self.test, prefix="test")

    def _rows(self) -> Any:
        return self.test.answers.in_order().filter(question__part=self.part)

    def _answer(self, row: BalanceAnswer) -> AnswerForm:
        return AnswerForm(self.data, instance=row, prefix=f"answer-{row.pk}")

    def _impacts(self) -> Iterator[ImpactForm]:
        for impact in self.test.impacts.kept():
            yield ImpactForm(self.data, instance=impact, prefix=f"impact-{impact.pk}")
        for number in range(BLANK_ROWS):
            new = BalanceImpact(test=self.test)
            options = {"empty_permitted": True, "use_required_attribute": False}
            yield ImpactForm(self.data, instance=new, prefix=f"new-{number}", **options)

    def _safeguards(self) -> Iterator[SafeguardForm]:
        for impact in self.test.impacts.kept():
            yield SafeguardForm(self.data, instance=impact, prefix=f"impact-{impact.pk}")

    def is_valid(self) -> bool:
        # Each is asked, so that each says what is wrong with it.
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    def save(self) -> bool:
        """Save what was changed; whether anything was."""
        changed = [form for form in self.forms if form.writes]
        for form in changed:
            form.save()
        return bool(changed)
