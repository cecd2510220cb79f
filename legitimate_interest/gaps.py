"""What a test still lacks before it can be submitted, and what speaks for caution."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legitimate_interest.choices import Outcome, Part
from legitimate_interest.models import BalanceImpact, BalanceTest
from legitimate_interest.weights import HIGH, level
from processing.models import ChannelRule

# The test's own fields, by the part of the form that asks for them.
FIELDS: dict[Part, tuple[str, ...]] = {
    Part.PURPOSE: ("beneficiary", "interest_pl", "interest_en"),
    Part.NATURE: ("data_sources",),
    Part.EXPECTATIONS: ("relationship",),
    Part.SAFEGUARDS: ("opt_out_offered", "opt_out_how"),
    Part.DECISION: ("outcome", "justification"),
}


@dataclass(frozen=True)
class Gap:
    """One thing that is missing, and the part of the form where it is asked."""

    part: Part
    message: Any


def gaps(test: BalanceTest) -> list[Gap]:
    """What is missing, in the order of the form; three queries."""
    impacts = list(test.impacts.kept())
    found = [*_fields(test), *_answers(test), *_impacts(impacts), *_safeguards(test, impacts)]
    order = list(Part)
    return sorted(found, key=lambda gap: order.index(gap.part))


def _fields(test: BalanceTest) -> Iterator[Gap]:
    for part, names in FIELDS.items():
        for name in names:
            if getattr(test, name) in ("", None) and _is_needed(test, name):
                yield Gap(part, _label(name))


def _is_needed(test: BalanceTest, name: str) -> bool:
    return name != "opt_out_how" or bool(test.opt_out_offered)


def _label(name: str) -> str:
    label = str(BalanceTest._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def _answers(test: BalanceTest) -> Iterator[Gap]:
    for answer in test.answers.in_order():
        if answer.question.required and not answer.is_given:
            yield Gap(Part(answer.question.part), answer.question.text)


def _impacts(impacts: list[BalanceImpact]) -> Iterator[Gap]:
    if not impacts:
        yield Gap(Part.IMPACT, _("Name at least one impact on people."))
    for impact in impacts:
        if not impact.is_weighed_again:
            message = _("Weigh again with the safeguards: %(impact)s")
            yield Gap(Part.SAFEGUARDS, message % {"impact": impact.description})


def _safeguards(test: BalanceTest, impacts: list[BalanceImpact]) -> Iterator[Gap]:
    needs_some = test.outcome == Outcome.RELY_WITH_SAFEGUARDS
    if needs_some and not any(impact.safeguards.strip() for impact in impacts):
        yield Gap(Part.SAFEGUARDS, _("Name the safeguards that the outcome rests on."))


def cautions(test: BalanceTest, day: date | None = None) -> list[Any]:
    """What the author and the approver should have read; it keeps nobody from deciding.

    ``test.purpose`` is read; two queries.
    """
    told = []
    if test.purpose.is_commercial and _consent_is_asked(day or timezone.localdate()):
        told.append(MARKETING)
    after = [impact for impact in test.impacts.kept() if impact.is_weighed_again]
    if test.relies and any(_is_high(impact) for impact in after):
        told.append(STILL_HIGH)
    return told


def _consent_is_asked(day: date) -> bool:
    return ChannelRule.objects.in_force(day).filter(consent_required=True).exists()


def _is_high(impact: BalanceImpact) -> bool:
    return level(impact.likelihood_after or 0, impact.severity_after or 0) == HIGH


MARKETING = _(
    "This purpose is commercial. A legitimate interest may be its basis under the GDPR (CJEU "
    "C-621/22, KNLTB), but it never replaces the consent that the law of the channel asks for "
    "e-mail, SMS, phone and automated calls (Art. 398 PKE). Without it, only post remains."
)
STILL_HIGH = _(
    "With the safeguards an impact is still high. That speaks for an impact assessment first "
    "(Art. 35 GDPR), or for stronger safeguards."
)
