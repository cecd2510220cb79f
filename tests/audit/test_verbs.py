"""A verb that cannot be done now says what stands in the way, and leads to what mends it."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit import rules
from audit.choices import Severity
from audit.rules import Rule
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.audit.urls")]

NIP = "5252344078"
ASKED = {"name": "Nowa", "cause": "correction"}


def rule(code: str, broken: Any, **more: Any) -> Rule:
    return rules.register(
        Rule(
            code=code,
            severity=Severity.BLOCKING,
            article="Art. 30(1)(a) GDPR",
            message=f"Broken: {code}.",
            model=Organisation,
            broken=broken,
            guards=("publish",),
            mend_label="Mend it",
            **{"mend_url": lambda record: f"/mend/{record.pk}/{code}/", **more},
        )
    )


def without(field: str) -> Any:
    def broken(organisations: QuerySet) -> QuerySet:
        return organisations.filter(**{field: ""})

    return broken


def an_approvers_page(record: Any) -> str:
    return reverse("admin:processors_automationtool_put-in-use", args=[record.pk])


@pytest.fixture(autouse=True)
def _two_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_rules", {})
    rule("nip", without("nip"), detail=lambda record: f"Ten digits of {record.slug}.")
    rule("krs", without("krs"), met=lambda record: f"KRS {record.krs}")


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def vendor() -> Organisation:
    return OrganisationFactory(vendor=True, krs="0000000001")


def url(record: Organisation, page: str = "publish") -> str:
    return reverse(f"admin:processors_organisation_{page}", args=[record.pk])


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_a_closed_gate_names_what_is_unmet_with_article_and_mend(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    page = client.get(url(vendor))
    assert page.status_code == 200
    assert "Broken: nip. Ten digits of lead-baza." in text_of(page)
    assert "Art. 30(1)(a) GDPR" in text_of(page)
    assert f'href="/mend/{vendor.pk}/nip/?mends=nip.{vendor.pk}.gate">Mend it' in text_of(page)


def test_a_closed_gate_names_what_is_met(client: Client, dpo: User, vendor: Organisation) -> None:
    page = text_of(client.get(url(vendor)))
    assert "1 of 2 conditions" in page
    assert "KRS 0000000001" in page
    assert "Broken: krs" not in page


def test_a_closed_gate_has_no_form(client: Client, dpo: User, vendor: Organisation) -> None:
    assert 'name="name"' not in text_of(client.get(url(vendor)))


def test_a_try_is_a_conflict_and_changes_nothing(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    answer = client.post(url(vendor), ASKED)
    assert answer.status_code == 409
    assert "Broken: nip." in text_of(answer)
    assert vendor.history.count() == 1


def test_an_open_gate_asks_and_does(client: Client, dpo: User, vendor: Organisation) -> None:
    vendor.nip = NIP
    vendor.save()
    assert 'name="name"' in text_of(client.get(url(vendor)))
    assert client.post(url(vendor), ASKED).status_code == 302


def test_a_verb_blocked_by_a_sentence_says_it(client: Client, dpo: User) -> None:
    answer = client.get(url(OrganisationFactory(), "close"))
    assert answer.status_code == 200
    assert "It is our own." in text_of(answer)


def test_who_lacks_the_permission_is_told_nothing(client: Client, vendor: Organisation) -> None:
    client.force_login(UserFactory(auditor=True))
    assert client.get(url(vendor)).status_code == 403
    assert client.post(url(vendor), ASKED).status_code == 403


def test_the_record_shows_the_verb_disabled_beside_its_conditions(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    page = text_of(client.get(url(vendor, "change")))
    assert 'disabled title="Broken: nip."' in page
    assert "1 of 2 conditions" in page


def test_who_only_looks_sees_the_conditions_too(client: Client, vendor: Organisation) -> None:
    client.force_login(UserFactory(auditor=True))
    client.cookies["django_language"] = "en"
    page = text_of(client.get(url(vendor, "change")))
    assert "Broken: nip." in page
    assert "Publish</button>" not in page


def test_a_verb_of_somebody_else_is_shown_disabled_to_who_prepares_it(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    page = text_of(client.get(url(vendor, "change")))
    assert 'disabled title="Somebody else admits."' in page
    assert client.post(url(vendor, "admit"), ASKED).status_code == 403


def test_a_verb_of_somebody_else_is_hidden_from_who_only_looks(
    client: Client, vendor: Organisation
) -> None:
    client.force_login(UserFactory(auditor=True))
    assert "Somebody else admits." not in text_of(client.get(url(vendor, "change")))


def test_records_with_findings_are_found_in_one_query(
    vendor: Organisation, django_assert_num_queries: Any
) -> None:
    OrganisationFactory(nip=NIP, krs="0000000002")
    with django_assert_num_queries(1):
        assert list(rules.with_findings(Organisation.objects.all())) == [vendor]


def test_without_rules_nothing_has_findings(
    vendor: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "_rules", {})
    assert not rules.with_findings(Organisation.objects.all()).exists()


def test_who_may_not_mend_is_led_nowhere(client: Client, dpo: User, vendor: Organisation) -> None:
    rule("email", without("email"), mend_url=an_approvers_page)
    page = text_of(client.get(url(vendor)))
    assert "Broken: email." in page
    assert page.count("Mend it") == 1


def test_no_risk_that_somebody_accepts_opens_a_gate(client: Client, vendor: Organisation) -> None:
    client.force_login(UserFactory(is_superuser=True))
    client.cookies["django_language"] = "en"
    assert "Accept the risk" not in text_of(client.get(url(vendor)))
