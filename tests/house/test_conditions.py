"""A gate shows every condition: what is unmet with its mend, what is met in words."""

import pytest
from django.utils import translation

from audit import rules
from audit.rules import Rule

GUARDING = [rule for rule in rules.registered() if rule.guards]


@pytest.mark.parametrize("rule", GUARDING, ids=lambda rule: rule.code)
def test_a_rule_that_keeps_a_gate_says_in_words_that_it_is_met(rule: Rule) -> None:
    silent = Rule.__dataclass_fields__["met"].default
    assert rule.met is not silent


@pytest.mark.parametrize("rule", GUARDING, ids=lambda rule: rule.code)
def test_a_rule_that_keeps_a_gate_leads_to_its_mend(rule: Rule) -> None:
    assert rule.mend_label
    assert rule.mend_url is not Rule.__dataclass_fields__["mend_url"].default


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("rule", rules.registered(), ids=lambda rule: rule.code)
def test_a_finding_is_told_in_a_sentence(rule: Rule, language: str) -> None:
    with translation.override(language):
        said = str(rule.message)
    assert said[0].isupper() or said[0].isdigit()
    assert said.endswith(".")
