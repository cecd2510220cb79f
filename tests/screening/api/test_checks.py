"""Checks by machines: what they are told, what is kept of it, and what it costs."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiUsage
from audit.models import AccessEvent
from consents import services
from consents.choices import RestrictionKind
from processing.choices import Channel
from screening.evidence import evidence
from screening.question import ask
from screening.verdict import judge
from tests.api import Caller
from tests.factories import ApiClientFactory, ClientGrantFactory, PurposeFactory, ToolFactory

pytestmark = pytest.mark.django_db
STRANGER = "obcy@poczta.example"


@pytest.fixture
def dialler(consented: SimpleNamespace) -> SimpleNamespace:
    """A client that was granted the purpose of ``consented``."""
    client = ClientGrantFactory(purpose=consented.purpose).client
    return SimpleNamespace(caller=Caller(client), client=client, **vars(consented))


def asked(*contacts: str, **changes: Any) -> dict[str, Any]:
    return {"purpose": "marketing", "channel": "email", "contacts": list(contacts)} | changes


def check(case: SimpleNamespace, *contacts: str, **changes: Any) -> Any:
    return case.caller.post("checks/", asked(*contacts, **changes))


def pointers(response: Any) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


# Answers -----------------------------------------------------------------------------------------


def test_answers_stand_in_the_order_of_the_contacts(dialler: SimpleNamespace) -> None:
    contacts = [STRANGER, "JAN@poczta.example", "brak", dialler.value]
    results = check(dialler, *contacts).json()["results"]
    assert [each["contact"] for each in results] == contacts
    assert [each["verdict"] for each in results] == ["deny", "allow", "deny", "allow"]


def test_an_allow_names_basis_and_evidence(dialler: SimpleNamespace) -> None:
    (found,) = check(dialler, dialler.value).json()["results"]
    assert found["basis"]["gdpr"] == "6-1-a"
    assert [rule["regime"] for rule in found["basis"]["rules"]] == ["pke398"]
    assert found["evidence"]["event"] == str(dialler.event.uuid)
    assert found["evidence"]["wording"] == "marketing/email/pl/3"
    assert found["reasons"] == []


def test_a_denial_names_every_reason_and_nothing_else(dialler: SimpleNamespace) -> None:
    services.withdraw(dialler.point, dialler.purpose, Channel.EMAIL, **how(dialler))
    services.restrict(dialler.point, RestrictionKind.OBJECTION, words="sprzeciw")
    (found,) = check(dialler, dialler.value).json()["results"]
    assert found == {
        "contact": dialler.value,
        "verdict": "deny",
        "reasons": ["objection", "withdrawn"],
        "basis": None,
        "evidence": None,
        "obligations": [],
    }


def how(case: SimpleNamespace) -> dict[str, Any]:
    return {"source": case.source, "method": "call", "evidence": "rozmowa"}


def test_an_obligation_is_told_in_both_languages(dialler: SimpleNamespace) -> None:
    (found,) = check(dialler, dialler.value).json()["results"]
    (duty,) = found["obligations"]
    assert duty["code"] == "mark_commercial"
    assert duty["sentence_en"] == "Mark the message as commercial and name the sender."
    assert duty["sentence_pl"] != duty["sentence_en"]


def test_an_answer_holds_for_a_quarter_of_an_hour(dialler: SimpleNamespace) -> None:
    body = check(dialler, dialler.value).json()
    at, until = (timezone.datetime.fromisoformat(body[k]) for k in ("as_of", "valid_until"))
    assert until - at == timedelta(minutes=15)


def test_the_past_is_answered_as_it_was(dialler: SimpleNamespace) -> None:
    before = dialler.event.occurred_at - timedelta(days=1)
    (found,) = check(dialler, dialler.value, at=before.isoformat()).json()["results"]
    assert found["reasons"] == ["no_consent"]


def test_the_answer_is_that_of_the_screens(dialler: SimpleNamespace) -> None:
    question = ask(dialler.purpose, Channel.EMAIL)
    verdicts = judge(question, [dialler.value, STRANGER])
    proofs = evidence(question, verdicts)
    results = check(dialler, dialler.value, STRANGER).json()["results"]
    assert [tuple(each["reasons"]) for each in results] == [v.reasons for v in verdicts]
    assert results[0]["evidence"]["since"] == proofs[0].as_dict()["since"]


def test_asking_changes_nothing(dialler: SimpleNamespace) -> None:
    (first,) = check(dialler, dialler.value).json()["results"]
    (second,) = check(dialler, dialler.value).json()["results"]
    assert first == second


def test_unknown_and_suppressed_are_refused_alike(dialler: SimpleNamespace) -> None:
    """Whoever is kept out without being in the register is a stranger (security.md 12)."""
    services.suppress(
        dialler.point.controller,
        "email",
        "nigdy@poczta.example",
        origin="erasure",
        scope="all",
    )
    erased, stranger = check(dialler, "nigdy@poczta.example", STRANGER).json()["results"]
    assert erased | {"contact": ""} == stranger | {"contact": ""}


# Refusals ----------------------------------------------------------------------------------------


def test_a_purpose_of_others_reads_like_none(dialler: SimpleNamespace) -> None:
    PurposeFactory(slug="cudzy")
    theirs = check(dialler, dialler.value, purpose="cudzy")
    none = check(dialler, dialler.value, purpose="nie-ma")
    assert (theirs.status_code, theirs.content) == (404, none.content)


def test_a_grant_that_ended_closes_the_purpose(dialler: SimpleNamespace) -> None:
    dialler.client.purpose_grants.get().end()
    assert check(dialler, dialler.value).status_code == 404


def test_an_unknown_field_is_refused(dialler: SimpleNamespace) -> None:
    response = check(dialler, dialler.value, chanel="sms")
    assert response.status_code == 400
    assert pointers(response) == ["#/chanel"]


def test_an_unknown_channel_is_refused(dialler: SimpleNamespace) -> None:
    assert pointers(check(dialler, dialler.value, channel="fax")) == ["#/channel"]


def test_an_unknown_tool_is_refused_and_no_other_is_named(dialler: SimpleNamespace) -> None:
    ToolFactory(slug="dialer-9001")
    response = check(dialler, dialler.value, tool="dialer-9000")
    assert response.status_code == 400
    assert pointers(response) == ["#/tool"]
    assert b"9001" not in response.content


def test_a_channel_without_law_has_no_verdict(dialler: SimpleNamespace) -> None:
    response = check(dialler, dialler.value, at="1990-01-01T00:00:00Z")
    assert response.status_code == 400
    assert pointers(response) == ["#/channel"]


def test_a_moment_without_zone_is_refused(dialler: SimpleNamespace) -> None:
    assert pointers(check(dialler, dialler.value, at="2026-11-24T09:42:00")) == ["#/at"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_moment_at_the_end_of_time_is_no_accident(dialler: SimpleNamespace, at: str) -> None:
    assert check(dialler, dialler.value, at=at).status_code in (200, 400)


@pytest.mark.parametrize("count", [0, 1001])
def test_too_few_or_too_many_are_refused(dialler: SimpleNamespace, count: int) -> None:
    response = check(dialler, *[dialler.value] * count)
    assert (response.status_code, pointers(response)) == (400, ["#/contacts"])


def test_an_error_never_echoes_a_contact(dialler: SimpleNamespace) -> None:
    response = check(dialler, "x" * 501, dialler.value)
    assert pointers(response) == ["#/contacts/0"]
    assert b"xxx" not in response.content
    assert dialler.value.encode() not in response.content


def test_whoever_may_only_read_may_not_ask(consented: SimpleNamespace) -> None:
    client = ApiClientFactory(may_check=False)
    ClientGrantFactory(client=client, purpose=consented.purpose)
    assert Caller(client).post("checks/", asked(consented.value)).status_code == 403


def test_a_check_is_never_asked_by_address(dialler: SimpleNamespace) -> None:
    assert dialler.caller.get("checks/").status_code == 405


# What it costs -----------------------------------------------------------------------------------


def test_each_contact_counts_against_the_quota(dialler: SimpleNamespace) -> None:
    check(dialler, dialler.value, STRANGER)
    assert ApiUsage.objects.get(client=dialler.client).contacts == 2


def test_a_call_that_is_not_valid_costs_nothing(dialler: SimpleNamespace) -> None:
    check(dialler, dialler.value, channel="fax")
    assert not ApiUsage.objects.exists()


def test_beyond_the_quota_nothing_is_answered(dialler: SimpleNamespace) -> None:
    dialler.client.daily_contacts = 1
    dialler.client.save()
    response = check(dialler, dialler.value, STRANGER)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 25 * 60 * 60


def queries(case: SimpleNamespace, *contacts: str) -> int:
    check(case, *contacts)
    with CaptureQueriesContext(connection) as captured:
        assert check(case, *contacts).status_code == 200
    return len(captured)


def test_a_thousand_contacts_take_as_many_queries_as_one(dialler: SimpleNamespace) -> None:
    many = [f"osoba{n}@poczta.example" for n in range(999)]
    assert queries(dialler, dialler.value, *many) == queries(dialler, dialler.value)


def test_a_body_that_is_too_large_is_not_read(dialler: SimpleNamespace, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 60
    answer = check(dialler, dialler.value)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


# What is kept ------------------------------------------------------------------------------------


def test_a_call_is_one_row_of_the_access_log_without_contacts(dialler: SimpleNamespace) -> None:
    check(dialler, dialler.value, STRANGER)
    event = AccessEvent.objects.get(action="check")
    assert (event.recorded_name, event.way, event.rows) == (dialler.client.name, "api", 2)
    assert (event.filters["allowed"], event.filters["denied"]) == (1, 1)
    assert (event.filters["purpose"], event.filters["channel"]) == ("marketing", "email")
    kept = json.dumps([event.subject, event.filters, event.columns])
    assert "poczta" not in kept


def test_the_log_may_be_switched_off(dialler: SimpleNamespace, settings: Any) -> None:
    settings.LOG_CHECKS = False
    assert check(dialler, dialler.value).status_code == 200
    assert not AccessEvent.objects.filter(action="check").exists()
