"""The decision log: who asked whom they may contact, and how many yes and no they got."""

import csv
import io
import json
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.choices import AccessAction
from audit.models import AccessEvent
from consents import services
from screening.export import Export
from screening.models import Decision
from tests.factories import GrantFactory, PointFactory, PurposeFactory
from tests.screening.conftest import give
from tests.screening.lists import content, floor_of, made, ordered, signed_in, taken, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
LOG = reverse("admin:screening_decision_changelist")
LISTS = reverse("admin:screening_contactlist_changelist")


@pytest.fixture
def floor(consented: SimpleNamespace) -> SimpleNamespace:
    return floor_of(consented)


def check(case: SimpleNamespace, **asked: str) -> None:
    asked = {"contact": case.value, **asked}
    assert case.client.post(reverse("admin:screening_check"), asked).status_code == 200


def test_a_list_and_a_check_are_one_decision_each(floor: SimpleNamespace) -> None:
    PointFactory()
    made(floor)
    check(floor, purpose="marketing")
    services.restrict(floor.point, "objection", words="dość")
    check(floor, purpose="marketing")
    told = [(d.action, d.allowed, d.denied) for d in Decision.objects.answers().order_by("pk")]
    assert told == [("list", 1, 1), ("check", 1, 0), ("check", 0, 1)]


def test_what_follows_a_list_is_no_decision(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    content(taken(floor, contact_list))
    content(floor.client.post(url("recall", contact_list)))
    assert AccessEvent.objects.filter(closes=None).count() == 3
    assert Decision.objects.answers().count() == 1


def test_decisions_are_found_by_each_of_their_purposes(floor: SimpleNamespace) -> None:
    GrantFactory(user=floor.user, purpose=PurposeFactory(slug="marketing-b"))
    check(floor)
    made(floor)
    decisions = Decision.objects.answers()
    assert decisions.about("marketing").count() == 2
    assert decisions.about("marketing-b").count() == 1
    assert decisions.about("market").count() == 0


def test_a_decision_that_broke_off_has_no_counts(
    floor: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Export, "chunks", None)
    ordered(floor)
    decision = Decision.objects.answers().get()
    assert (decision.allowed, decision.denied) == (None, None)


@pytest.mark.parametrize("role", [{}, {"auditor": True}], ids=str)
def test_overseers_read_the_log(floor: SimpleNamespace, role: dict) -> None:
    made(floor)
    check(floor)
    client = signed_in(**role)
    page = client.get(LOG).content.decode()
    assert "Purpose marketing" in page
    assert "jesień" in page
    assert "jan@" not in page
    decision = Decision.objects.answers().latest("pk")
    shown = client.get(reverse("admin:screening_decision_change", args=[decision.pk]))
    assert "jan@" not in shown.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"answer": "list"}, 1),
        ({"answer": "check"}, 1),
        ({"answer": "screening"}, 0),
        ({"purpose": "marketing"}, 2),
        ({"days": "1"}, 2),
        ({"end": "aborted"}, 0),
    ],
    ids=str,
)
def test_the_log_is_narrowed(floor: SimpleNamespace, asked: dict, found: int) -> None:
    made(floor)
    check(floor)
    changelist = signed_in().get(LOG, asked).context["cl"]
    assert changelist.result_count == found


def test_the_log_is_taken_away_with_its_counts(floor: SimpleNamespace) -> None:
    made(floor)
    client = signed_in()
    fields = {"format": "0", **_every_field(client)}
    file = content(client.post(reverse("admin:screening_decision_export"), fields)).decode()
    [row] = csv.DictReader(io.StringIO(file.lstrip("\ufeff")))
    assert (row["action"], row["allowed"], row["denied"]) == ("list", "1", "0")
    assert json.loads(row["filters"])["purpose"] == "marketing"
    assert AccessEvent.objects.filter(action=AccessAction.EXPORT).exists()


def _every_field(client: object) -> dict[str, str]:
    form = client.get(reverse("admin:screening_decision_export")).context["form"]
    return {name: "on" for name in form.fields if name.startswith("decision")}


@pytest.mark.parametrize("role", [{"approver": True}, {"supervisor": True}], ids=str)
def test_others_read_neither_log_nor_lists(role: dict) -> None:
    client = signed_in(**role)
    assert client.get(LOG).status_code == 403
    assert client.get(LISTS).status_code == 403


def test_overseers_see_every_list_and_take_none(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    officer = signed_in()
    assert "Purpose marketing" in officer.get(LISTS).content.decode()
    assert officer.get(LISTS, {"state": "outlived"}).context["cl"].result_count == 0
    page = officer.get(
        reverse("admin:screening_contactlist_change", args=[contact_list.pk])
    ).content.decode()
    assert contact_list.sha256 in page
    assert url("download", contact_list) not in page
    assert url("recall", contact_list) not in page


def test_the_log_takes_as_many_queries_for_many_as_for_few(floor: SimpleNamespace) -> None:
    client = signed_in()
    made(floor)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(LOG)
        counts.append(len(queries))
        give(PointFactory(), floor)
        made(floor)
        check(floor)
    assert counts[0] == counts[1]
