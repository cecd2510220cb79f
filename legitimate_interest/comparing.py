"""What changed from one version of a balance test to another, as the history shows changes."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from audit.changes import Change
from legitimate_interest.gaps import FIELDS
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceTest
from legitimate_interest.sheet import Fact, spoken


def earlier(test: BalanceTest) -> BalanceTest | None:
    """The version that ``test`` was copied from, else the one before it."""
    if test.copied_from_id:
        return test.copied_from
    before = BalanceTest.objects.filter(purpose=test.purpose_id, version__lt=test.version)
    return before.order_by("-version").first()


def changes(before: BalanceTest, after: BalanceTest) -> list[Change]:
    """Fields, answers and impacts that differ; five queries."""
    return [*_facts(before, after), *_answers(before, after), *_impacts(before, after)]


def _facts(before: BalanceTest, after: BalanceTest) -> Iterator[Change]:
    for name in (name for names in FIELDS.values() for name in names):
        old, new = Fact(before, name), Fact(after, name)
        if old.value != new.value:
            yield Change(name, new.label, old.value, new.value)


def _answers(before: BalanceTest, after: BalanceTest) -> Iterator[Change]:
    """By the key of the question; one that only one version was asked stands on one side alone."""
    old, new = _by_key(before), _by_key(after)
    for key in [*new, *(key for key in old if key not in new)]:
        texts = [spoken(side[key]) if key in side else "" for side in (old, new)]
        if texts[0] != texts[1]:
            label = (new.get(key) or old[key]).question.text
            yield Change(key, label, *texts)


def _by_key(test: BalanceTest) -> dict[str, BalanceAnswer]:
    return {answer.question.slug: answer for answer in test.answers.in_order()}


def _impacts(before: BalanceTest, after: BalanceTest) -> Iterator[Change]:
    """By their descriptions; a description that was reworded reads as one gone and one new."""
    old = {impact.description: weighed(impact) for impact in before.impacts.kept()}
    new = {impact.description: weighed(impact) for impact in after.impacts.kept()}
    for description in {**new, **old}:
        texts = old.get(description, ""), new.get(description, "")
        if texts[0] != texts[1]:
            label = _("Impact: %(description)s") % {"description": description}
            yield Change(f"impact-{description}", label, *texts)


def weighed(impact: BalanceImpact) -> str:
    """Both weighings and the safeguards of an impact as one text."""
    parts = [f"{impact.get_likelihood_display()} × {impact.get_severity_display()}"]
    if impact.safeguards.strip():
        parts.append(_("with: %(safeguards)s") % {"safeguards": impact.safeguards.strip()})
    if impact.is_weighed_again:
        after = f"{impact.get_likelihood_after_display()} × {impact.get_severity_after_display()}"
        parts.append(_("then %(weighed)s") % {"weighed": after})
    return "; ".join(parts)
