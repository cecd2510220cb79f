"""What a draft says, in both languages, and what it marks as missing."""

import pytest

from audit.display import NBSP
from notices.choices import Coverage
from notices.models import NoticeElement, NoticeVersion
from processing.choices import Basis, Campaign, Nature
from processing.models import ActivityTransfer
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    ActivityProcessorFactory,
    ActivityRecipientFactory,
    BalanceTestFactory,
    NoticeFactory,
    RetentionRuleFactory,
    ToolFactory,
    TransferFactory,
)
from tests.notices import making

pytestmark = pytest.mark.django_db


def coverage(version: NoticeVersion, topic: str) -> str:
    return version.checks.get(element__topic=topic).coverage


def gap(version: NoticeVersion, topic: str) -> str:
    return version.checks.get(element__topic=topic).gap_pl


def test_every_element_of_the_article_is_looked_at() -> None:
    version = making.drafted()
    asked = NoticeElement.objects.filter(article="13").count()
    assert version.checks.count() == asked == 13


def test_article_14_asks_for_data_and_source_instead_of_provision() -> None:
    version = making.drafted(notice=None, from_others=True)
    topics = set(version.checks.values_list("element__topic", flat=True))
    assert {"data", "source"} <= topics
    assert "provision" not in topics


def test_the_letters_of_the_two_articles_are_their_own() -> None:
    letters = {
        article: NoticeElement.objects.get(article=article, topic="interests").provision_en
        for article in ("13", "14")
    }
    assert letters == {"13": "Art. 13(1)(d) GDPR", "14": "Art. 14(2)(b) GDPR"}


def test_the_controller_and_the_officer_are_named() -> None:
    version = making.drafted()
    assert "**Centrum sp. z o.o.**, ul. Przykładowa 1" in version.text_en
    assert "iod@centrum.example" in version.text_en


def test_a_controller_without_an_address_is_a_gap() -> None:
    purpose = making.complete_purpose()
    making.centre(address="")
    purpose.activity.controller.refresh_from_db()
    version = making.drafted(purpose)
    assert gap(version, "controller") == "adres administratora danych"
    assert "DO UZUPEŁNIENIA" in version.text_pl
    assert "TO BE COMPLETED" in version.text_en


def test_an_unknown_officer_is_a_gap() -> None:
    purpose = making.complete_purpose()
    making.centre(dpo_email="")
    purpose.activity.controller.refresh_from_db()
    assert coverage(making.drafted(purpose), "dpo") == Coverage.MISSING


def test_a_purpose_stands_with_its_basis_and_its_provision() -> None:
    purpose = making.complete_purpose(
        basis=Basis.LEGAL_OBLIGATION,
        basis_law="art. 74 ustawy",
        campaign=Campaign.MATTER,
        nature=Nature.SERVICE,
    )
    text = making.drafted(purpose).text_pl.replace(NBSP, " ")
    assert f"**{purpose.name_pl}**" in text
    assert "art. 6 ust. 1 lit. c RODO): art. 74 ustawy" in text


def test_a_legitimate_interest_is_that_of_the_current_balance_test() -> None:
    purpose = making.complete_purpose(legitimate=True)
    BalanceTestFactory(purpose=purpose, approved=True)
    version = making.drafted(purpose)
    assert "Informowanie klientów o\N{NO-BREAK SPACE}podobnych usługach." in version.text_pl
    assert coverage(version, "interests") == Coverage.COVERED


def test_an_interest_that_nobody_weighed_is_a_gap_and_no_promise() -> None:
    version = making.drafted(making.complete_purpose(legitimate=True))
    assert "nie ma aktualnego testu równowagi" in gap(version, "interests")
    assert "zestawiliśmy" not in version.text_pl


def test_without_legitimate_interests_nothing_needs_to_be_said_of_them() -> None:
    version = making.drafted(making.complete_purpose())
    check = version.checks.get(element__topic="interests")
    assert check.coverage == Coverage.NOT_APPLICABLE
    assert check.reason


def test_recipients_processors_and_categories_are_told() -> None:
    purpose = making.complete_purpose()
    ActivityRecipientFactory(activity=purpose.activity, recipient__slug="bank")
    ActivityProcessorFactory(activity=purpose.activity)
    version = making.drafted(purpose)
    assert all(f"- {words}" in version.text_pl for words in ("Bank", "kurierzy", "Lead-Baza"))
    assert [link.recipient.slug for link in version.recipients_named.all()] == ["bank"]


def test_unknown_recipients_are_a_gap() -> None:
    purpose = making.complete_purpose(activity=ActivityFactory(controller=making.centre()))
    assert gap(making.drafted(purpose), "recipients") == "odbiorcy danych"


def test_what_a_tool_says_of_itself_is_quoted() -> None:
    purpose = making.complete_purpose()
    making.used(
        ToolFactory(bot=True, records_calls=True, recording_sentence_en="This call is recorded."),
        purpose.activity,
    )
    text = making.drafted(purpose).text_en
    assert "it says: “You are talking to a machine" in text
    assert "Before recording we say: “This call is recorded.”" in text


def test_a_tool_is_told_of_before_it_is_in_use() -> None:
    purpose = making.complete_purpose()
    tool = making.used(ToolFactory(bot=True), purpose.activity)
    version = making.drafted(purpose)
    assert tool.disclosure_pl.split()[0] in version.text_pl
    assert tool.ai_sentence_en in version.text_en
    assert [link.tool for link in version.tools_named.all()] == [tool]


def test_a_retired_tool_is_not_told_of() -> None:
    purpose = making.complete_purpose()
    making.used(ToolFactory(retired=True), purpose.activity)
    assert not making.drafted(purpose).tools_named.exists()


@pytest.mark.parametrize("field", ["disclosure_en", "ai_sentence_pl"])
def test_a_sentence_that_a_tool_lacks_is_a_gap(field: str) -> None:
    purpose = making.complete_purpose()
    making.used(ToolFactory(bot=True, **{field: ""}), purpose.activity)
    assert coverage(making.drafted(purpose), "tools") == Coverage.MISSING


def test_a_transfer_stands_with_its_safeguards() -> None:
    purpose = making.complete_purpose()
    ActivityTransfer(activity=purpose.activity, transfer=TransferFactory(), since=LONG_AGO).save()
    text = making.drafted(purpose).text_en
    assert "(US): standard contractual clauses" in text
    assert "copy of the safeguards" in text


def test_a_transfer_without_a_basis_is_a_gap() -> None:
    purpose = making.complete_purpose()
    transfer = TransferFactory(mechanism="", scc_module="", tia_on=None)
    ActivityTransfer(activity=purpose.activity, transfer=transfer, since=LONG_AGO).save()
    assert coverage(making.drafted(purpose), "transfers") == Coverage.MISSING


@pytest.mark.parametrize("words", ["", "nie ma", "brak"])
def test_without_transfers_the_notice_says_that_there_are_none(words: str) -> None:
    purpose = making.complete_purpose()
    purpose.activity.transfers_pl = words
    purpose.activity.save()
    assert "Nie przekazujemy danych do państw spoza" in making.drafted(purpose).text_pl


def test_retention_rules_take_the_place_of_general_words() -> None:
    purpose = making.complete_purpose()
    RetentionRuleFactory(activity=purpose.activity)
    text = making.drafted(purpose).text_en
    assert "- recordings of calls: 6 months from" in text
    assert "until withdrawal" not in text


def test_general_words_on_retention_are_told_where_there_is_no_rule() -> None:
    assert "- Direct marketing: until withdrawal" in making.drafted().text_en


@pytest.mark.parametrize(
    ("facts", "right", "is_told"),
    [
        ({}, "portability", True),
        ({"legitimate": True}, "portability", False),
        ({"legitimate": True}, "particular situation", True),
        ({}, "particular situation", False),
        ({}, "direct marketing", True),
        ({"service": True}, "direct marketing at any time", False),
    ],
)
def test_the_rights_follow_the_bases(facts: dict[str, bool], right: str, is_told: bool) -> None:
    text = making.drafted(making.complete_purpose(**facts)).text_en
    assert (right in text.partition("## Your rights")[2]) is is_told


def test_withdrawal_is_told_to_those_who_consent() -> None:
    assert "as easily as you gave it" in making.drafted().text_en


def test_withdrawal_is_not_told_where_nothing_rests_on_consent() -> None:
    version = making.drafted(making.complete_purpose(service=True))
    assert coverage(version, "withdrawal") == Coverage.NOT_APPLICABLE


def test_whether_data_must_be_given_follows_from_the_basis() -> None:
    version = making.drafted(making.complete_purpose(service=True))
    assert "necessary to conclude and perform the contract" in version.text_en


def test_a_basis_that_tells_nothing_of_provision_is_a_gap() -> None:
    purpose = making.complete_purpose(basis=Basis.VITAL_INTERESTS)
    assert coverage(making.drafted(purpose), "provision") == Coverage.MISSING


def test_tools_that_decide_are_told_with_the_right_to_a_human() -> None:
    purpose = making.complete_purpose()
    making.used(ToolFactory(automated_decisions=True), purpose.activity)
    assert "Art. 22(3) GDPR" in making.drafted(purpose).text_en


def test_an_unknown_source_is_a_gap_under_article_14() -> None:
    purpose = making.complete_purpose()
    purpose.activity.source_pl = ""
    purpose.activity.save()
    version = making.drafted(purpose, from_others=True)
    assert coverage(version, "source") == Coverage.MISSING


def test_an_element_of_the_house_s_own_waits_for_a_person() -> None:
    NoticeElement(
        slug="13-own",
        article="13",
        provision_pl="regulamin",
        provision_en="house rules",
        name_pl="Nasze zasady",
        name_en="Our rules",
        position=900,
    ).save()
    version = making.drafted()
    assert version.checks.get(element__slug="13-own").coverage == Coverage.MISSING
    assert "## Our rules" in version.text_en


def test_no_polish_line_ends_within_a_citation() -> None:
    assert f"(art.{NBSP}6 ust.{NBSP}1 lit.{NBSP}a{NBSP}RODO)" in making.drafted().text_pl


def test_signs_of_markdown_in_a_name_are_shown_as_letters() -> None:
    purpose = making.complete_purpose(name_en="Offers *now* <b>", name_pl="Oferty")
    assert r"Offers \*now\* \<b\>" in making.drafted(purpose).text_en


def test_drafting_takes_so_many_queries_for_any_number_of_purposes(
    django_assert_max_num_queries: object,
) -> None:
    activity = making.complete_purpose().activity
    purposes = [making.complete_purpose(activity=activity) for _ in range(12)]
    notice, author = NoticeFactory(controller=activity.controller), making.UserFactory()
    with django_assert_max_num_queries(75):  # type: ignore[operator]
        making.services.draft(notice, purposes, by=author)
