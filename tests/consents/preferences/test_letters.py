"""Double opt-in: the mailbox is asked, and nobody confirms in its place."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from audit.choices import JobState
from audit.jobs import Failed, perform
from audit.models import Job
from consents import letters, services
from consents.choices import LetterState, RestrictionKind
from consents.models import ConfirmationLetter, Consent, ConsentEvent
from consents.preferences.links import preferences_path
from tests.consents.preferences.people import Person, events, path, press, state
from tests.consents.screens import client_of, consent_of, give, verb
from tests.factories import PointFactory, PurposeFactory, SourceFactory

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://\S+/z/c/\S+")


@pytest.fixture
def source() -> Any:
    return SourceFactory(confirmation_asked=True, confirmation_sent=True, name_pl="Formularz")


@pytest.fixture
def given(source: Any) -> ConsentEvent:
    return entered(source)


def entered(source: Any, point: Any = None, **act: Any) -> ConsentEvent:
    point = point or PointFactory(value="jan@poczta.example")
    act = {"occurred_at": timezone.now(), **act}
    return give(point, act.pop("purpose", None) or PurposeFactory(), source=source, **act)


def sent() -> int:
    return letters.send_waiting(beat=lambda _left: None)


def link() -> str:
    found = LINK.search(mail.outbox[-1].body)
    assert found
    return path(found[0])


def confirm(event: ConsentEvent, address: str = "") -> Any:
    return press(address or link(), confirm=event.uuid)


# Ordered and sent --------------------------------------------------------------------------------


def test_a_consent_from_a_form_that_asks_has_a_letter_ordered(given: ConsentEvent) -> None:
    assert ConfirmationLetter.objects.get().given == given
    assert Job.objects.get().kind == letters.SEND


def test_the_worker_sends_it(given: ConsentEvent) -> None:
    assert perform(Job.objects.get())
    assert [each.to for each in mail.outbox] == [["jan@poczta.example"]]
    assert ConfirmationLetter.objects.get().state == LetterState.SENT


def test_many_consents_order_one_job(source: Any) -> None:
    for _ in range(3):
        entered(source, PointFactory())
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    "facts", [{"confirmation_asked": True}, {"confirmation_asked": False}], ids=["asks", "asks not"]
)
def test_a_source_whose_letters_the_house_does_not_send_has_none(facts: dict[str, bool]) -> None:
    entered(SourceFactory(**facts))
    assert ConfirmationLetter.objects.count() == 0


def test_a_phone_has_no_mailbox(source: Any) -> None:
    entered(source, PointFactory(phone=True))
    assert ConfirmationLetter.objects.count() == 0


def test_all_that_waits_for_one_mailbox_stands_in_one_letter(source: Any) -> None:
    point = PointFactory()
    for name in ("Oferty", "Newsletter"):
        entered(source, point, purpose=PurposeFactory(name_pl=name))
    assert sent() == 1
    assert "Oferty" in mail.outbox[0].body
    assert "Newsletter" in mail.outbox[0].body


def test_it_says_who_asks_in_both_languages_and_sells_nothing(given: ConsentEvent) -> None:
    sent()
    letter = mail.outbox[0]
    assert given.purpose.name_pl in letter.body
    assert given.purpose.name_en in letter.body
    assert given.contact_point.controller.name in letter.from_email
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert letter.body.count("http") == 2
    assert "jan@" not in letter.subject


def test_nobody_gets_more_than_three_letters_a_day(source: Any) -> None:
    point = PointFactory()
    left = []
    for _ in range(5):
        entered(source, point)
        left.append(sent())
    assert left == [1, 1, 1, 0, 0]
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        entered(source, point)
        assert sent() == 1


def _no_contact(event: ConsentEvent) -> None:
    services.restrict(event.contact_point, RestrictionKind.DO_NOT_CONTACT, words="dość")


def _listed(event: ConsentEvent) -> None:
    point = event.contact_point
    services.suppress(point.controller, "email", point.value, origin="erasure", scope="all")


def _withdrawn(event: ConsentEvent) -> None:
    services.withdraw(
        event.contact_point,
        event.purpose,
        "email",
        source=event.source,
        method="call",
        evidence="słowa",
    )


def _retired(event: ConsentEvent) -> None:
    services.reassign(event.contact_point, retired_for="closed", reason="nie istnieje")


@pytest.mark.parametrize("said", [_no_contact, _listed, _withdrawn, _retired])
def test_who_said_no_meanwhile_is_not_written_to(given: ConsentEvent, said: Any) -> None:
    said(given)
    assert sent() == 0
    assert mail.outbox == []
    assert ConfirmationLetter.objects.get().state == LetterState.WITHHELD


def test_a_mailbox_that_bounced_is_asked_again(given: ConsentEvent) -> None:
    services.restrict(given.contact_point, RestrictionKind.UNDELIVERABLE, words="550")
    assert sent() == 1


def test_an_address_that_the_server_refuses_keeps_no_other_from_its_letter(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered(source, PointFactory(value="bad@poczta.example"))
    entered(source, PointFactory(value="good@poczta.example"))
    send = mail.EmailMessage.send

    def refuse(message: mail.EmailMessage, *args: Any) -> int:
        if message.to == ["bad@poczta.example"]:
            raise SMTPRecipientsRefused({})
        return send(message, *args)

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    assert sent() == 1
    assert mail.outbox[0].to == ["good@poczta.example"]


@pytest.mark.parametrize(
    ("code", "left"), [(450, LetterState.WAITING), (550, LetterState.WITHHELD)]
)
def test_a_letter_that_is_refused_for_now_waits(
    given: ConsentEvent, monkeypatch: pytest.MonkeyPatch, code: int, left: str
) -> None:
    def refuse(message: mail.EmailMessage, *args: Any) -> int:
        raise SMTPRecipientsRefused({message.to[0]: (code, b"no")})

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    assert sent() == 0
    assert ConfirmationLetter.objects.get().state == left


def test_a_letter_that_is_ordered_while_others_are_sent_is_sent_with_them(
    given: ConsentEvent, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = mail.EmailMessage.send

    def send_slowly(message: mail.EmailMessage, *args: Any) -> int:
        if not mail.outbox:
            entered(source, PointFactory(value="anna@poczta.example"))
        return send(message, *args)

    monkeypatch.setattr(mail.EmailMessage, "send", send_slowly)
    assert sent() == 2


def test_two_workers_send_no_letter_twice(given: ConsentEvent) -> None:
    second = Job.objects.get()
    elsewhere = {"claimed_by": uuid4(), "heartbeat_at": timezone.now()}
    Job.objects.create(kind=letters.SEND, state=JobState.RUNNING, **elsewhere)
    assert perform(second)
    assert mail.outbox == []
    assert ConfirmationLetter.objects.get().state == LetterState.WAITING


def test_a_server_that_is_away_leaves_the_letter_waiting(
    given: ConsentEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(message: mail.EmailMessage, *args: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMessage, "send", away)
    with pytest.raises(ConnectionRefusedError):
        sent()
    assert ConfirmationLetter.objects.get().state == LetterState.WAITING


def test_without_a_mail_server_no_address_reaches_the_log(
    given: ConsentEvent, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = letters.NO_SERVER
    with pytest.raises(Failed):
        sent()
    assert "jan@" not in capsys.readouterr().out


def test_the_sweep_orders_again_what_still_waits(given: ConsentEvent) -> None:
    Job.objects.all().delete()
    letters.sweep()
    assert Job.objects.filter(kind=letters.SEND).count() == 1


def test_old_letters_are_erased(given: ConsentEvent) -> None:
    sent()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        letters.sweep()
    assert ConfirmationLetter.objects.count() == 0


# Confirmed ---------------------------------------------------------------------------------------


def test_a_look_confirms_nothing_and_a_press_does(given: ConsentEvent) -> None:
    sent()
    Client().get(link())
    assert consent_of(given).state == "unconfirmed"
    confirm(given)
    assert consent_of(given).state == "given"


def test_once_confirmed_the_way_to_withdraw_is_open(given: ConsentEvent) -> None:
    sent()
    way = f'href="{preferences_path(given.contact_point)}?lang='
    assert way not in Client().get(link()).content.decode()
    confirm(given)
    assert way in Client().get(link()).content.decode()


def test_pressed_twice_it_is_one_confirmation(given: ConsentEvent) -> None:
    sent()
    confirm(given)
    before = events()
    confirm(given)
    assert events() == before


def test_each_consent_of_a_letter_is_confirmed_apart(source: Any) -> None:
    point = PointFactory()
    first, second = entered(source, point), entered(source, point)
    sent()
    confirm(second)
    assert [consent_of(each).state for each in (first, second)] == ["unconfirmed", "given"]


def test_a_letter_confirms_nothing_that_it_did_not_ask_about(source: Any) -> None:
    first, second = entered(source), entered(source, PointFactory())
    sent()
    address = path(letters.confirmation_url(ConfirmationLetter.objects.get(given=first)))
    confirm(second, address)
    assert consent_of(second).state == "unconfirmed"


def test_the_link_works_for_seven_days(given: ConsentEvent) -> None:
    sent()
    address = link()
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        page = confirm(given, address + "?lang=en")
        assert "This link has expired" in page.text
    assert consent_of(given).state == "unconfirmed"


def test_a_withdrawal_meanwhile_is_not_undone(given: ConsentEvent) -> None:
    sent()
    _withdrawn(given)
    confirm(given)
    assert consent_of(given).state == "withdrawn"


def test_a_retired_mailbox_confirms_nothing(given: ConsentEvent) -> None:
    sent()
    _retired(given)
    assert Client().get(link()).content == Client().get("/z/x/").content


def test_nobody_confirms_in_the_persons_place(given: ConsentEvent) -> None:
    with pytest.raises(ValidationError, match=r"alone|tylko"):
        services.confirm(given, method="call", evidence="powiedział, że potwierdza")


def test_nor_does_the_officer_on_screen(given: ConsentEvent) -> None:
    consent = consent_of(given)
    asked = {
        "event": given.pk,
        "occurred_at_0": f"{timezone.localtime():%Y-%m-%d}",
        "occurred_at_1": f"{timezone.localtime():%H:%M}",
        "method": "call",
        "words": "potwierdził przez telefon",
        "cause": "request",
        "reason_text": "",
    }
    client_of().post(verb(consent, "confirm"), asked)
    assert state(consent) == "unconfirmed"


def test_a_source_that_sends_letters_also_asks_for_confirmation() -> None:
    source = SourceFactory.build(confirmation_sent=True, controller=SourceFactory().controller)
    with pytest.raises(ValidationError):
        source.full_clean()


# Agreed again, by the person's own page ----------------------------------------------------------


@pytest.fixture
def person() -> Person:
    return Person()


def test_agreeing_again_by_the_page_waits_for_the_mailbox(person: Person) -> None:
    press(person.page, withdraw=person.by_email.uuid)
    page = press(person.page + "?lang=en", give=person.by_email.uuid)
    assert "j••••@p••••.example" in page.text
    assert state(person.by_email) == "unconfirmed"
    assert ConsentEvent.objects.latest("pk").wording == person.shown.wording


def test_the_mailbox_then_confirms_it(person: Person) -> None:
    press(person.page, withdraw=person.by_email.uuid)
    press(person.page, give=person.by_email.uuid)
    sent()
    confirm(ConsentEvent.objects.filter(kind="given").latest("pk"))
    assert state(person.by_email) == "given"


def test_nobody_else_confirms_that_either(person: Person) -> None:
    press(person.page, withdraw=person.by_email.uuid)
    press(person.page, give=person.by_email.uuid)
    event = ConsentEvent.objects.filter(kind="given").latest("pk")
    with pytest.raises(ValidationError):
        services.confirm(event, method="link", evidence="klik")


def test_agreeing_twice_sends_one_letter(person: Person) -> None:
    press(person.page, withdraw=person.by_email.uuid)
    press(person.page, give=person.by_email.uuid)
    press(person.page, give=person.by_email.uuid)
    assert ConfirmationLetter.objects.count() == 1


@pytest.mark.parametrize("which", ["by_sms", "by_voice"])
def test_a_phone_cannot_agree_by_the_page(person: Person, which: str) -> None:
    consent: Consent = getattr(person, which)
    press(person.page, withdraw=consent.uuid)
    press(person.page, give=consent.uuid)
    assert state(consent) == "withdrawn"


def test_nobody_agrees_to_what_no_source_shows(person: Person) -> None:
    person.shown.shown_until = timezone.now()
    person.shown.save()
    press(person.page, withdraw=person.by_email.uuid)
    press(person.page, give=person.by_email.uuid)
    assert state(person.by_email) == "withdrawn"


def test_nobody_agrees_beside_an_objection(person: Person) -> None:
    press(person.page, withdraw=person.by_email.uuid)
    press(person.page, object=1)
    press(person.page, give=person.by_email.uuid)
    assert state(person.by_email) == "withdrawn"
