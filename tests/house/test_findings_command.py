"""``manage.py findings``: what is open, the day's count, and the letter to the DPOs."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import rules
from audit.acknowledging import acknowledge
from audit.act import acting
from audit.choices import Severity
from audit.models import FindingCount
from audit.rules import Rule
from ccgdpr import digest
from processors.models import Organisation
from tests.factories import OrganisationFactory, PointFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_rules", {})
    for severity, country in ((Severity.BLOCKING, "RU"), (Severity.MINOR, "DE")):
        rules.register(
            Rule(
                code=f"in_{country.lower()}",
                severity=severity,
                article="Art. 44",
                message=f"It sits in {country}.",
                model=Organisation,
                broken=lambda rows, country=country: rows.filter(country=country),
            )
        )


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("findings", *arguments, stdout=out)
    return out.getvalue()


def test_nothing_blocking_is_no_failure() -> None:
    OrganisationFactory(vendor=True, country="DE")
    assert "in_de" in run()


def test_a_blocking_one_fails() -> None:
    OrganisationFactory(vendor=True, country="RU")
    with pytest.raises(CommandError):
        run()


def test_a_blocking_one_fails_whatever_is_listed() -> None:
    OrganisationFactory(vendor=True, country="RU")
    with pytest.raises(CommandError):
        run("--severity", "minor")


def test_an_accepted_risk_fails_no_more() -> None:
    vendor, approver = OrganisationFactory(vendor=True, country="RU"), UserFactory(approver=True)
    rule = rules.registered()[0]
    until = timezone.localdate() + timedelta(days=62)
    with acting(reason="Until the contract ends."):
        acknowledge(rule, vendor, by=approver, until=until)
    assert "0 open findings." in run()


def test_json_is_one_array_of_findings() -> None:
    vendor = OrganisationFactory(vendor=True, country="DE")
    (row,) = json.loads(run("--json"))
    assert row["rule"] == "in_de"
    assert (row["register"], row["id"], row["record"]) == (
        "processors.organisation",
        vendor.pk,
        vendor.name,
    )


def test_json_of_nothing_is_an_empty_array() -> None:
    assert json.loads(run("--json", "--severity", "minor")) == []


def test_a_snapshot_counts_the_day_and_lists_nothing() -> None:
    OrganisationFactory(vendor=True, country="RU")
    run("--snapshot")
    assert dict(FindingCount.objects.values_list("rule", "open")) == {"in_ru": 1, "in_de": 0}


def test_the_letter_goes_to_every_active_dpo_in_their_language() -> None:
    OrganisationFactory(vendor=True, country="RU")
    UserFactory(email="iod@ccgdpr.example")
    UserFactory(email="dpo@ccgdpr.example", language="en")
    UserFactory(email="gone@ccgdpr.example", is_active=False)
    UserFactory(auditor=True)
    run("--digest")
    subjects = {letter.to[0]: letter.subject for letter in mail.outbox}
    assert set(subjects) == {"iod@ccgdpr.example", "dpo@ccgdpr.example"}
    assert subjects["dpo@ccgdpr.example"] == "Findings: Blocking 1"
    assert "Blokuje" in subjects["iod@ccgdpr.example"]


def test_the_letter_links_to_the_house(settings: Any) -> None:
    settings.SITE_URL = "https://rodo.example"
    OrganisationFactory(vendor=True, country="RU")
    body = digest.letter(UserFactory()).body
    assert "https://rodo.example/admin/findings/?rule=in_ru" in body


def test_the_letter_names_no_record_and_no_person() -> None:
    vendor = OrganisationFactory(vendor=True, country="RU", name="Nazwa Firmy")
    point = PointFactory()
    body = digest.letter(UserFactory()).body
    assert vendor.name not in body
    assert point.value not in body


def test_the_letter_counts_the_day_once() -> None:
    UserFactory()
    run("--digest")
    run("--digest")
    assert FindingCount.objects.count() == 2
