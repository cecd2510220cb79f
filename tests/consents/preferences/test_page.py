"""The page behind a person's link: what it shows, and that each no is one click."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.choices import Way
from consents import services
from consents.choices import EvidenceKind, Method, RestrictionKind
from consents.models import ConsentEvent, Evidence, Restriction
from tests.consents.preferences.people import Person, events, press, state
from tests.factories import PointFactory, PurposeFactory, UserFactory
from tests.notices import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return Person()


# What it shows -----------------------------------------------------------------------------------


def test_it_names_purposes_channels_and_the_words_that_were_shown(person: Person) -> None:
    page = Client().get(person.page).text
    assert "Oferty i promocje" in page
    assert person.shown.wording.text in page


def test_contacts_are_masked_and_nothing_else_tells_who_it_is(person: Person) -> None:
    page = Client().get(person.page + "?lang=en").text
    assert "j••••@p••••.example and +48 601 ••• •03" in page
    for canary in ("jan@poczta.example", "601602603", "Kowalski", str(person.subject.uuid)):
        assert canary not in page


def test_a_channel_is_called_as_people_say_it(person: Person) -> None:
    person.agree(PointFactory(subject=person.subject, phone=True), "automated_call")
    page = Client().get(person.page, headers={"accept-language": "pl"}).text
    assert "<strong>Połączenie automatyczne</strong>" in page


def test_a_second_number_is_told_from_the_first(person: Person) -> None:
    other = PointFactory(subject=person.subject, phone=True, value="+48602700717")
    person.agree(other, "sms")
    assert Client().get(person.page).text.count("+48 602 ••• •17") > 1


def test_another_persons_consents_are_not_there(person: Person) -> None:
    stranger = PointFactory(value="ola@poczta.example")
    person.agree(stranger, "email", purpose=PurposeFactory(name_pl="Cudze sprawy"))
    assert "Cudze sprawy" not in Client().get(person.page).text


def test_what_ended_by_itself_needs_no_button(person: Person) -> None:
    person.agree(
        person.email,
        "email",
        purpose=PurposeFactory(name_pl="Newsletter"),
        valid_until=timezone.now() - timedelta(days=1),
    )
    page = Client().get(person.page, headers={"accept-language": "en"}).text
    assert "expired" in page
    assert page.count('name="withdraw"') == 3


def test_someone_without_consents_may_object_all_the_same() -> None:
    page = Client().get(Person.page.fget(_Bare()), headers={"accept-language": "en"}).text
    assert "There is no consent of yours here." in page
    assert 'name="object"' in page
    assert 'name="withdraw_all"' not in page


class _Bare:
    def __init__(self) -> None:
        self.email = PointFactory()


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "pl"),
        ("", "en-GB,en;q=0.9", "en"),
        ("?lang=en", "pl", "en"),
        ("?lang=de", "", "pl"),
    ],
)
def test_it_speaks_the_language_asked_for(
    person: Person, query: str, accepted: str, language: str
) -> None:
    answer = Client().get(person.page + query, headers={"accept-language": accepted})
    assert f'<html lang="{language}">' in answer.text
    assert answer["Content-Language"] == language


def test_it_leads_to_the_notice_and_to_the_officer(person: Person) -> None:
    controller = person.email.controller
    controller.dpo_email = "iod@centrum.example"
    controller.save()
    version = making.published()
    page = Client().get(person.page).text
    assert f"/n/{version.notice.slug}/" in page
    assert "mailto:iod@centrum.example" in page


def test_it_takes_as_many_queries_for_many_consents_as_for_few(
    person: Person, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        person.agree(person.phone, "sms", purpose=PurposeFactory())
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        Client().get(person.page)


# Withdrawing -------------------------------------------------------------------------------------


def test_one_click_withdraws_one_consent_and_no_other(person: Person) -> None:
    press(person.page, withdraw=person.by_sms.uuid)
    assert [state(c) for c in (person.by_sms, person.by_voice, person.by_email)] == [
        "withdrawn",
        "given",
        "given",
    ]


def test_the_answer_is_another_page_with_the_time_and_a_number(person: Person) -> None:
    answer = Client().post(person.page + "?lang=en", {"withdraw": str(person.by_sms.uuid)})
    assert answer.status_code == 303
    page = Client().get(answer["Location"]).text
    event = ConsentEvent.objects.latest("pk")
    assert "Consent to SMS is withdrawn." in page
    assert f"{timezone.localtime(event.occurred_at):%H:%M}" in page
    assert event.uuid.hex[-4:].upper() in page


def test_it_is_recorded_as_the_persons_own_act_by_link(person: Person) -> None:
    press(person.page, withdraw=person.by_sms.uuid)
    event = ConsentEvent.objects.latest("pk")
    assert (event.way, event.method, event.recorded_by, event.recorded_name) == (
        Way.LINK,
        Method.LINK,
        None,
        "",
    )
    assert Evidence.objects.get(pk=event.evidence_id).kind == EvidenceKind.FORM


def test_who_is_signed_in_beside_it_withdraws_nothing_in_their_own_name(person: Person) -> None:
    client = Client()
    client.force_login(UserFactory())
    press(person.page, client, withdraw=person.by_sms.uuid)
    assert ConsentEvent.objects.latest("pk").recorded_by is None


def test_pressed_twice_it_is_one_event(person: Person) -> None:
    first = press(person.page, withdraw=person.by_sms.uuid).redirect_chain
    before = events()
    again = press(person.page, withdraw=person.by_sms.uuid).redirect_chain
    assert events() == before
    assert first == again


def test_a_yes_that_a_fast_clock_dated_ahead_is_withdrawn_too(person: Person) -> None:
    ahead = timezone.now() + timedelta(minutes=4)
    consent = person.agree(person.phone, "voice", occurred_at=ahead)
    press(person.page, withdraw=consent.uuid)
    assert state(consent) == "withdrawn"


def test_all_are_withdrawn_in_one_batch(person: Person) -> None:
    page = press(person.page + "?lang=en", withdraw_all=1).text
    told = ConsentEvent.objects.filter(kind="withdrawn")
    assert told.count() == 3
    assert told.values("batch").distinct().count() == 1
    assert "All your consents are withdrawn." in page


def test_all_pressed_twice_adds_nothing(person: Person) -> None:
    first = press(person.page, withdraw_all=1).redirect_chain
    before = events()
    assert press(person.page, withdraw_all=1).redirect_chain == first
    assert events() == before


def test_an_objection_reaches_every_number_and_address(person: Person) -> None:
    press(person.page, object=1)
    stop = Restriction.objects.get()
    assert (stop.kind, stop.channel, stop.purpose, stop.way) == (
        RestrictionKind.OBJECTION,
        None,
        None,
        Way.LINK,
    )


def test_a_receipt_of_an_objection_says_what_it_brings(person: Person) -> None:
    page = press(person.page + "?lang=en", object=1).text
    assert "No offers any more, on any channel." in page


def test_an_objection_is_shown_and_its_button_is_gone(person: Person) -> None:
    assert "Your objection is recorded." in press(person.page + "?lang=en", object=1).text
    page = Client().get(person.page + "?lang=en").text
    assert "Your objection to marketing holds since" in page
    assert 'name="object"' not in page


def test_an_objection_pressed_twice_is_one(person: Person) -> None:
    press(person.page, object=1)
    press(person.page, object=1)
    assert Restriction.objects.count() == 1


def test_an_objection_heard_by_phone_is_known_here(person: Person) -> None:
    services.restrict(person.phone, RestrictionKind.OBJECTION, words="proszę nie dzwonić")
    press(person.page, object=1)
    assert Restriction.objects.count() == 1


@pytest.mark.parametrize(
    "button",
    [
        {},
        {"withdraw": "x"},
        {"withdraw": "00000000-0000-0000-0000-000000000000"},
        {"give": "x"},
        {"confirm": "1"},
        {"List-Unsubscribe": "One-Click"},
    ],
)
def test_what_names_nothing_of_theirs_does_nothing(person: Person, button: dict[str, str]) -> None:
    before = events()
    assert Client().post(person.page, button).status_code == 303
    assert events() == before


def test_a_consent_of_somebody_else_is_not_withdrawn(person: Person) -> None:
    foreign = person.agree(PointFactory(value="ola@poczta.example"), "email")
    press(person.page, withdraw=foreign.uuid)
    assert state(foreign) == "given"


def test_a_number_of_something_of_somebody_else_shows_nothing(person: Person) -> None:
    foreign = person.agree(PointFactory(value="ola@poczta.example"), "email")
    page = Client().get(f"{person.page}?done={foreign.event.uuid}&lang=en").text
    assert "Confirmation number" not in page


# Headers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_is_kept_told_or_framed(person: Person, method: str) -> None:
    answer = getattr(Client(), method)(person.page)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_no_cookie_is_set_and_none_is_asked_for(person: Person) -> None:
    for answer in (Client().get(person.page), Client().post(person.page, {"object": "1"})):
        assert not answer.cookies
        assert "Cookie" not in answer["Vary"]


def test_a_language_cookie_is_not_read(person: Person) -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    assert '<html lang="pl">' in client.get(person.page).text


def test_no_token_against_forgery_is_asked_for(person: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    press(person.page, strict, withdraw=person.by_sms.uuid)
    assert state(person.by_sms) == "withdrawn"
