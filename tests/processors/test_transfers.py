from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from processors.models import AdequacyDecision, SubProcessor, Transfer
from processors.models.transfers import is_running
from tests.factories import SubProcessorFactory, TransferFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 1)


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def refused(record: Any, wrong: dict[str, Any]) -> None:
    """Expect the form and the database to refuse ``record`` with the facts of ``wrong``."""
    for name, value in wrong.items():
        setattr(record, name, value)
    with pytest.raises(ValidationError):
        record.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()


@pytest.mark.parametrize(
    "wrong",
    [
        {"mechanism": "eea_only", "scc_module": ""},
        {"mechanism": "dpf", "scc_module": "", "country": "IN"},
        {"scc_module": ""},
        {"scc_module": "5"},
        {"mechanism": "bcr"},
        {"mechanism": "trust", "scc_module": ""},
        {"until": date(2025, 1, 2)},
        {"checked_on": DAY, "review_on": DAY},
    ],
)
def test_a_transfer_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    refused(TransferFactory(), wrong)


@pytest.mark.parametrize(
    "right",
    [
        {"mechanism": "eea_only", "scc_module": "", "country": "DE"},
        {"mechanism": "dpf", "scc_module": ""},
        {"mechanism": "", "scc_module": ""},
        {"until": date(2025, 1, 3)},
        {"checked_on": DAY, "review_on": date(2025, 6, 2)},
        {"country": " us "},
    ],
)
def test_a_transfer_that_makes_sense_is_kept(right: dict[str, Any]) -> None:
    transfer = TransferFactory()
    for name, value in right.items():
        setattr(transfer, name, value)
    transfer.full_clean()
    transfer.save()
    assert transfer.country in ("US", "DE")


@pytest.mark.parametrize("country", ["USA", "U", "u1", ""])
def test_a_country_is_two_letters(country: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TransferFactory.build(country=country).clean_fields(exclude=["organisation"])
    assert "country" in refusal.value.message_dict


@pytest.mark.parametrize("name", ["tia_on", "checked_on"])
def test_nothing_was_checked_tomorrow(name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TransferFactory.build(**{name: tomorrow()}).clean()
    assert list(refusal.value.message_dict) == [name]


def test_a_transfer_is_made_from_its_first_day_to_before_its_last() -> None:
    transfer = TransferFactory(since=DAY, until=date(2025, 7, 1))
    days = (date(2025, 5, 31), DAY, date(2025, 6, 30), date(2025, 7, 1))
    asked = [Transfer.objects.made(day).exists() for day in days]
    assert asked == [False, True, True, False]
    assert [is_running(transfer, day) for day in days] == asked


@pytest.mark.parametrize("wrong", [{"until": date(2025, 1, 2)}, {"until": date(2024, 1, 1)}])
def test_a_sub_processor_does_not_end_before_it_begins(wrong: dict[str, Any]) -> None:
    refused(SubProcessorFactory(), wrong)


def test_a_sub_processor_is_engaged_once_at_a_time() -> None:
    first = SubProcessorFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        SubProcessorFactory(agreement=first.agreement)
    first.until = DAY
    first.save()
    SubProcessorFactory(agreement=first.agreement, since=DAY)
    assert SubProcessor.objects.engaged(DAY).count() == 1


def test_a_party_is_no_sub_processor_of_its_own_agreement() -> None:
    record = SubProcessorFactory()
    record.organisation = record.agreement.processor
    with pytest.raises(ValidationError, match="party"):
        record.full_clean()


def test_an_empty_house_knows_the_adequate_countries() -> None:
    known = set(AdequacyDecision.objects.values_list("country", flat=True))
    assert {"CH", "GB", "JP", "KR", "NZ", "UY"} <= known
    assert AdequacyDecision.objects.get(slug="us-dpf").certified_only


# Number, year, month and day of each, as the Official Journal has them.
DECISIONS = {
    "ad": ("2010/625", date(2010, 10, 19)),
    "ar": ("2003/490", date(2003, 6, 30)),
    "br": ("2026/179", date(2026, 1, 26)),
    "ca": ("2002/2", date(2001, 12, 20)),
    "ch": ("2000/518", date(2000, 7, 26)),
    "epo": ("2025/1382", date(2025, 7, 15)),
    "fo": ("2010/146", date(2010, 3, 5)),
    "gb": ("2021/1772", date(2021, 6, 28)),
    "gg": ("2003/821", date(2003, 11, 21)),
    "il": ("2011/61", date(2011, 1, 31)),
    "im": ("2004/411", date(2004, 4, 28)),
    "je": ("2008/393", date(2008, 5, 8)),
    "jp": ("2019/419", date(2019, 1, 23)),
    "kr": ("2022/254", date(2021, 12, 17)),
    "nz": ("2013/65", date(2012, 12, 19)),
    "us-dpf": ("2023/1795", date(2023, 7, 10)),
    "uy": ("2012/484", date(2012, 8, 21)),
}


def test_each_decision_is_cited_by_its_number_and_day() -> None:
    rows = AdequacyDecision.objects.values_list("slug", "number", "since")
    assert {slug: (number, since) for slug, number, since in rows} == DECISIONS


def test_the_decision_that_names_its_end_ends_there() -> None:
    ends = AdequacyDecision.objects.exclude(until=None).values_list("slug", "until")
    assert list(ends) == [("gb", date(2031, 12, 27))]


def test_a_decision_is_found_in_eur_lex_by_its_number() -> None:
    decision = AdequacyDecision.objects.get(slug="ca")
    assert decision.celex == "32002D0002"


def test_a_decision_without_a_number_leads_nowhere() -> None:
    assert AdequacyDecision(number="").celex == ""


@pytest.mark.parametrize("number", ["1795", "2023/", "EU 23/17", "2023/0179"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    decision = AdequacyDecision.objects.get(slug="us-dpf")
    refused(decision, {"number": number})


def test_the_list_leads_to_the_official_text(client: Client) -> None:
    client.force_login(UserFactory())
    page = client.get(reverse("admin:processors_adequacydecision_changelist")).content.decode()
    assert "CELEX:32023D1795" in page


def test_a_decision_does_not_fall_before_it_was_taken() -> None:
    decision = AdequacyDecision.objects.get(slug="jp")
    refused(decision, {"until": decision.since})
