"""What ends within 30, 60 and 90 days, and what waits for whom."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from audit import expiries, waiting
from audit.expiries import Expiry
from audit.waiting import Waiting
from processing.models import PurposeGrant
from processors.models import Organisation
from tests.factories import GrantFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    # Past midnight in Warsaw, still yesterday in UTC.
    with time_machine.travel(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), tick=False):
        yield


DILIGENCE = Expiry("x", "Verify", Organisation, "diligence_review_on", Organisation.objects.all)


def verified_until(day: date, slug: str = "lead-baza") -> Organisation:
    return OrganisationFactory(
        slug=slug,
        diligence="sufficient",
        diligence_on=date(2026, 1, 1),
        diligence_review_on=day,
    )


@pytest.mark.parametrize(
    ("days", "counts"),
    [(-1, None), (0, [1, 1, 1]), (29, [1, 1, 1]), (30, [0, 1, 1]), (89, [0, 0, 1]), (90, None)],
)
def test_a_day_is_counted_in_its_horizons(days: int, counts: list[int] | None) -> None:
    verified_until(TODAY + timedelta(days=days))
    found = expiries.coming([DILIGENCE])
    assert [each.counts for each in found] == ([counts] if counts else [])


def test_an_instant_belongs_to_its_local_day() -> None:
    ending = Expiry("x", "End", PurposeGrant, "active_until", PurposeGrant.objects.all)
    GrantFactory(active_until=datetime(2026, 12, 23, 22, 59, tzinfo=UTC))
    GrantFactory(active_until=datetime(2026, 12, 23, 23, 0, tzinfo=UTC))
    assert expiries.coming([ending])[0].counts == [1, 2, 2]


def test_the_soonest_comes_first() -> None:
    late = verified_until(TODAY + timedelta(days=9), "late")
    soon = verified_until(TODAY + timedelta(days=3), "soon")
    assert list(DILIGENCE.coming(TODAY)) == [soon, late]


def test_a_code_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiries, "_expiries", {})
    expiries.register(DILIGENCE)
    with pytest.raises(ValueError, match="x"):
        expiries.register(DILIGENCE)


def test_the_house_registers_what_ends() -> None:
    codes = {expiry.code for expiry in expiries.registered()}
    assert {"agreement", "diligence", "transfer", "balance_test", "consent", "acceptance"} <= codes


def test_the_screen_names_what_ends_and_links_to_it(client: Any) -> None:
    vendor = verified_until(TODAY + timedelta(days=3))
    client.force_login(UserFactory(auditor=True))
    page = client.get(reverse("admin:coming")).content.decode()
    assert reverse("admin:processors_organisation_change", args=[vendor.pk]) in page


def test_a_supervisor_may_not_open_the_screen(client: Any) -> None:
    client.force_login(UserFactory(supervisor=True))
    assert client.get(reverse("admin:coming")).status_code == 403


def test_only_what_waits_for_the_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_waiting", {})
    OrganisationFactory()
    for code, records in (("all", Organisation.objects.all), ("none", Organisation.objects.none)):
        waiting.register(
            Waiting(code, code, "audit.accept_risk", lambda user, r=records: r(), lambda: "/x/")
        )
    assert waiting.waiting_for(UserFactory(approver=True)) == [("all", "/x/", 1)]
    assert waiting.waiting_for(UserFactory()) == []
