"""Whoever came to mend a finding is led back to it, and told whether it is mended."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit import rules
from audit.choices import Severity
from audit.rules import Rule
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.audit.urls")]


def change_page(record: Organisation) -> str:
    return reverse("admin:processors_organisation_change", args=[record.pk])


def rule(code: str, **more: Any) -> Rule:
    """Another company without guarantees; it is mended on its page."""
    return rules.register(
        Rule(
            code=code,
            severity=Severity.BLOCKING,
            article="Art. 28(1) GDPR",
            message="The guarantees were never verified.",
            model=Organisation,
            broken=lambda all_of_them: all_of_them.filter(is_own=False, diligence="not_checked"),
            mend_label="Verify",
            mend_url=lambda record: f"{change_page(record)}#id_diligence",
            **more,
        )
    )


@pytest.fixture(autouse=True)
def _two_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_rules", {})
    rule("unverified")
    rule("unpublishable", guards=("publish",), standing=rules.Q(slug="nobody"))


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def vendor() -> Organisation:
    return OrganisationFactory(vendor=True, diligence="not_checked", diligence_on=None)


def led_to(record: Organisation, *tokens: str) -> str:
    """The page of ``record`` as a mend leads there; %s in a token is its key."""
    query = "&".join(f"mends={token.replace('%s', str(record.pk))}" for token in tokens)
    return f"{change_page(record)}?{query}"


def verified(record: Organisation, diligence: str = "sufficient") -> dict[str, str]:
    return {
        "slug": record.slug,
        "name": record.name,
        "country": record.country,
        "diligence": diligence,
        "diligence_on": "2026-01-02" if diligence == "sufficient" else "",
        "diligence_note": "ISO 27001",
        "seen_version": record.updated_at.isoformat(),
        "change_cause": "review",
        "_continue": "",
    }


def way(answer: Any) -> Any:
    return answer.context["way_back"]


# The mend knows the way back ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "place"), [("admin:index", "home"), ("admin:findings", "list")], ids=["home", "list"]
)
def test_a_mend_says_where_it_comes_from(
    client: Client, dpo: User, vendor: Organisation, page: str, place: str
) -> None:
    expected = f"{change_page(vendor)}?mends=unverified.{vendor.pk}.{place}#id_diligence"
    assert f'href="{expected}"' in client.get(reverse(page)).content.decode()


def test_a_gate_says_so_too(client: Client, dpo: User, vendor: Organisation) -> None:
    (gate,) = client.get(change_page(vendor)).context["gates"]
    (finding,) = gate.conditions.unmet
    assert f"?mends=unpublishable.{vendor.pk}.gate#" in finding.mend_url


def test_a_mend_on_the_way_to_another_knows_both(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    (finding,) = client.get(led_to(vendor, "unpublishable.%s.gate")).context["findings"]
    both = f"?mends=unpublishable.{vendor.pk}.gate&mends=unverified.{vendor.pk}.record#"
    assert both in finding.mend_url


def test_going_round_in_circles_makes_the_way_no_longer(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    page = led_to(vendor, "unverified.%s.record", "unpublishable.%s.gate")
    (finding,) = client.get(page).context["findings"]
    assert f"?mends=unverified.{vendor.pk}.record#" in finding.mend_url


# The page that mends ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("home", lambda record: reverse("admin:index")),
        ("list", lambda record: f"{reverse('admin:findings')}#unverified"),
        ("record", change_page),
    ],
    ids=["home", "list", "record"],
)
def test_the_page_that_mends_leads_back(
    client: Client, dpo: User, vendor: Organisation, place: str, expected: Any
) -> None:
    answer = client.get(led_to(vendor, f"unverified.%s.{place}"))
    assert way(answer).url == expected(vendor)
    assert "Back to the finding<" in answer.content.decode()


def test_after_the_inner_mend_the_outer_one_goes_on(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    answer = client.get(led_to(vendor, "unpublishable.%s.gate", "unverified.%s.record"))
    assert way(answer).url == led_to(vendor, "unpublishable.%s.gate")


def test_saving_what_does_not_mend_it_says_that_it_is_open(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    page = led_to(vendor, "unverified.%s.list")
    answer = client.post(page, verified(vendor, "not_checked"), follow=True)
    assert answer.redirect_chain[-1][0] == page
    assert "Still open:" in answer.content.decode()


def test_saving_what_mends_it_says_so(client: Client, dpo: User, vendor: Organisation) -> None:
    answer = client.post(led_to(vendor, "unverified.%s.list"), verified(vendor), follow=True)
    content = answer.content.decode()
    assert "Mended:" in content
    assert "Back to the findings" in content


def test_what_a_gate_asks_is_asked_of_the_candidate(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    page = led_to(vendor, "unpublishable.%s.gate")
    assert way(client.get(page)).is_open
    assert not way(client.post(page, verified(vendor), follow=True)).is_open


def test_the_way_goes_on_to_the_list_and_filters_nothing(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    posted = {**verified(vendor), "_save": ""}
    del posted["_continue"]
    answer = client.post(led_to(vendor, "unverified.%s.record"), posted, follow=True)
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == reverse("admin:processors_organisation_changelist")
    assert way(answer).label == f"Back to {vendor}"


def test_a_verb_on_the_way_keeps_it(client: Client, dpo: User, vendor: Organisation) -> None:
    verbs = client.get(led_to(vendor, "unverified.%s.list")).context["verbs"]
    assert {f"?mends=unverified.{vendor.pk}.list" in verb.url for verb in verbs} == {True}


def test_cancelling_a_verb_keeps_it(client: Client, dpo: User, vendor: Organisation) -> None:
    rename = reverse("admin:processors_organisation_rename", args=[vendor.pk])
    answer = client.get(f"{rename}?mends=unverified.{vendor.pk}.list")
    assert answer.context["record_url"] == led_to(vendor, "unverified.%s.list")


# What nobody handed out ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        "//evil.example",
        "https://evil.example/",
        "unverified",
        "unverified.%s",
        "unverified.%s.//evil.example",
        "unverified.0.list",
        "unverified.99999999999999999999.list",
        "unverified.x.list",
        "unknown.%s.list",
        "",
    ],
)
def test_a_token_that_nobody_handed_out_leads_nowhere(
    client: Client, dpo: User, vendor: Organisation, token: str
) -> None:
    answer = client.get(led_to(vendor, token))
    assert answer.status_code == 200
    assert way(answer) is None
    assert "way-back" not in answer.content.decode()


def test_who_may_not_see_the_register_is_told_nothing(client: Client, vendor: Organisation) -> None:
    client.force_login(UserFactory(supervisor=True))
    page = reverse("admin:index")
    answer = client.get(f"{page}?mends=unverified.{vendor.pk}.home")
    assert way(answer) is None


def test_a_page_without_a_token_has_no_way_back(
    client: Client, dpo: User, vendor: Organisation
) -> None:
    answer = client.get(change_page(vendor))
    assert way(answer) is None
    assert {"mends=" in verb.url for verb in answer.context["verbs"]} == {False}
