"""Balance tests in files: drafts come in, decisions never do."""

from typing import Any

from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from audit.act import current_act
from audit.resources import AuditedResource
from legitimate_interest import services
from legitimate_interest.gaps import FIELDS
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceQuestion, BalanceTest
from processing.models import Purpose

WRITTEN = tuple(name for names in FIELDS.values() for name in names)
# In the file, and passed over when it comes back: approvals are acts of their own.
DECIDED = (
    "version",
    "reference",
    "state",
    "submitted_at",
    "dpo_position",
    "dpo_opinion",
    "dpo_opinion_at",
    "approved_at",
    "rejected_at",
    "rejection_reason",
    "valid_from",
    "review_on",
    "superseded_at",
)


def _shown(name: str) -> Field:
    return Field(attribute=name, column_name=name, readonly=True)


class BalanceTestResource(AuditedResource):
    """A new row is a draft of whoever imports it, asked everything that is asked today."""

    purpose = Field(
        attribute="purpose", column_name="purpose", widget=ForeignKeyWidget(Purpose, "slug")
    )
    author = Field(attribute="author__email", column_name="author", readonly=True)
    approver = Field(attribute="approver__email", column_name="approver", readonly=True)

    class Meta:
        model = BalanceTest
        fields = ("uuid", "purpose", *WRITTEN, "author", "approver", *DECIDED)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in DECIDED:
            self.fields[name].readonly = True

    def after_init_instance(
        self, instance: BalanceTest, new: bool, row: Any, **options: Any
    ) -> None:
        if new:
            instance.author = current_act().by

    def validate_instance(self, instance: BalanceTest, *args: Any, **options: Any) -> None:
        if instance._state.adding and instance.purpose_id:
            services.number(instance)
        super().validate_instance(instance, *args, **options)

    def save_instance(self, instance: BalanceTest, is_create: bool, *args: Any, **kw: Any) -> None:
        if is_create:
            return services.begin(instance)
        return super().save_instance(instance, is_create, *args, **kw)


class BalanceAnswerResource(AuditedResource):
    test = Field(attribute="test", column_name="test", widget=ForeignKeyWidget(BalanceTest, "uuid"))
    question = Field(
        attribute="question",
        column_name="question",
        widget=ForeignKeyWidget(BalanceQuestion, "uuid"),
    )
    asked = Field(attribute="question__text", column_name="asked", readonly=True)

    class Meta:
        model = BalanceAnswer
        fields = ("uuid", "test", "question", "asked", "flag", "text")


class BalanceImpactResource(AuditedResource):
    test = Field(attribute="test", column_name="test", widget=ForeignKeyWidget(BalanceTest, "uuid"))

    class Meta:
        model = BalanceImpact
        fields = (
            "uuid",
            "test",
            "description",
            "likelihood",
            "severity",
            "safeguards",
            "likelihood_after",
            "severity_after",
        )


class BalanceQuestionResource(AuditedResource):
    class Meta:
        model = BalanceQuestion
        fields = (
            "uuid",
            "slug",
            "version",
            "part",
            "position",
            "kind",
            "required",
            "text_pl",
            "text_en",
            "hint_pl",
            "hint_en",
            "asked_from",
            "asked_until",
        )
