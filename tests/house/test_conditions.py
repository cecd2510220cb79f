"""A gate shows every condition: what is unmet with its mend, what is met in words."""

import pytest

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
