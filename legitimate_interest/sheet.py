"""What a balance test says, in the order of its parts: for its page, its PDF and comparisons.

Words are read when they are shown, so that one sheet can be printed in another language.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from legitimate_interest import weights
from legitimate_interest.choices import AnswerKind, Part
from legitimate_interest.gaps import FIELDS, cautions
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceTest


@dataclass(frozen=True)
class Fact:
    """One of the test's own fields."""

    test: BalanceTest
    name: str

    @property
    def label(self) -> str:
        return capfirst(str(BalanceTest._meta.get_field(self.name).verbose_name))  # type: ignore[union-attr]

    @property
    def value(self) -> str:
        value = getattr(self.test, self.name)
        if isinstance(value, bool):
            return yes_no(value)
        shown = getattr(self.test, f"get_{self.name}_display", None)
        return str(shown() if shown else value or "")


@dataclass(frozen=True)
class Weighing:
    """An impact by its number, with the grades of both weighings."""

    number: int
    impact: BalanceImpact

    @property
    def before(self) -> str:
        return weights.level(self.impact.likelihood, self.impact.severity)

    @property
    def after(self) -> str:
        likelihood, severity = self.impact.likelihood_after, self.impact.severity_after
        return weights.level(likelihood, severity) if likelihood and severity else ""

    @property
    def before_name(self) -> Any:
        return weights.NAMES[self.before]

    @property
    def after_name(self) -> Any:
        return weights.NAMES.get(self.after, "")

    @property
    def before_tone(self) -> str:
        return weights.TONES[self.before]

    @property
    def after_tone(self) -> str:
        return weights.TONES.get(self.after, "off")


@dataclass(frozen=True)
class Section:
    part: Part
    facts: list[Fact]
    answers: list[BalanceAnswer]

    @property
    def label(self) -> Any:
        return self.part.label


@dataclass(frozen=True)
class Sheet:
    """``legitimate_interest/*.html`` and ``pdf/balance_test.html`` show it."""

    test: BalanceTest
    sections: list[Section]
    weighings: list[Weighing]
    matrix: weights.Matrix
    cautions: list[Any]


def sheet(test: BalanceTest) -> Sheet:
    """Everything that ``test`` says; four queries and its purpose."""
    answers = defaultdict(list)
    for answer in test.answers.in_order():
        answers[answer.question.part].append(answer)
    impacts = list(test.impacts.kept())
    return Sheet(
        test=test,
        sections=[_section(test, part, answers[part]) for part in Part],
        weighings=[Weighing(n, impact) for n, impact in enumerate(impacts, start=1)],
        matrix=weights.matrix(impacts),
        cautions=cautions(test),
    )


def _section(test: BalanceTest, part: Part, answers: list[BalanceAnswer]) -> Section:
    return Section(part, [Fact(test, name) for name in FIELDS.get(part, ())], answers)


def yes_no(value: bool | None) -> str:
    """Yes, no, or nothing where it was not said."""
    if value is None:
        return ""
    return _("yes") if value else _("no")


def spoken(answer: BalanceAnswer) -> str:
    """An answer as one text: "yes: because…"."""
    said = yes_no(answer.flag) if answer.question.kind == AnswerKind.YES_NO else ""
    return ": ".join(part for part in (said, answer.text.strip()) if part)
