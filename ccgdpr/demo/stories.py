"""What happened to people of the demo. Each story is one person's; its name says how it stands."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.choices import Role
from ccgdpr.demo.book import Book, Person
from ccgdpr.demo.imports import Batch
from ccgdpr.demo.registers import CLIENT
from ccgdpr.demo.sources import PKE_STARTS
from consents.choices import Giver, Method, RestrictionKind, RetiredFor, SubjectKind
from consents.models import ConsentEvent
from processing.choices import Channel, ContactKind

EMAIL, SMS, VOICE, AUTOMAT = Channel.EMAIL, Channel.SMS, Channel.VOICE, Channel.AUTOMATED_CALL
Story = Callable[[Book], None]


# The web form -----------------------------------------------------------------------------------


def subscribed(
    book: Book,
    at: datetime | None = None,
    *,
    kind: str = SubjectKind.PERSON,
    giver: str = Giver.USER,
) -> tuple[Person, list[ConsentEvent]]:
    """Filled in the form and ticked nearly everything."""
    at = at or book.moment(1090, 20)
    english = at > PKE_STARTS and book.dice.random() < 0.1
    form = {"source": "web-form-en" if english else "web-form", "giver": giver}
    person = book.person(since=at, kind=kind)
    book.acquired(person, form["source"], at)
    ticked = [(person.email, "marketing-own", EMAIL), (person.phone, "marketing-own", VOICE)]
    ticked += [(person.email, "newsletter", EMAIL)]
    for chance, box in (
        (0.8, (person.phone, "marketing-own", SMS)),
        (0.4, (person.phone, "marketing-own", AUTOMAT)),
        (0.4, (person.phone, "newsletter", VOICE)),
        (0.2, (person.phone, "newsletter", SMS)),
        (0.5, (person.email, "satisfaction-survey", EMAIL)),
        (0.3, (person.phone, "satisfaction-survey", VOICE)),
    ):
        if book.dice.random() < chance:
            ticked.append(box)
    return person, [book.given(*box, at, **form) for box in ticked]


def reads_the_newsletter(book: Book) -> None:
    at = book.moment(1090, 5)
    person = book.person(since=at, contacts=(ContactKind.EMAIL,))
    book.acquired(person, "web-form", at)
    book.given(person.email, "newsletter", EMAIL, at)


def changed_their_mind(book: Book) -> None:
    """Withdrew everything by the link in a message, or one channel in a call or by SMS."""
    _person, given = subscribed(book, book.moment(1000, 120))
    at = book.later(given[0].occurred_at, days=300)
    if book.dice.random() < 0.4:
        for event in given:
            _withdraw(book, event, at, Method.LINK)
        return
    by_sms = [event for event in given if event.channel == SMS]
    if by_sms and book.dice.random() < 0.5:
        _withdraw(book, by_sms[0], at, Method.SMS)
    else:
        _withdraw(book, given[book.dice.randint(0, 2)], at, Method.CALL)


def _withdraw(book: Book, event: ConsentEvent, at: datetime, method: str) -> None:
    called = method == Method.CALL
    book.withdrawn(
        event.contact_point,
        event.purpose.slug,
        event.channel,
        at,
        source="phone" if called else event.source.slug,
        method=method,
        by=Role.SUPERVISOR if called else None,
        reason="„Proszę już do mnie nie dzwonić”" if called else "",
    )


def came_back(book: Book) -> None:
    """Withdrew, and consented again later: the last word counts."""
    _person, given = subscribed(book, book.moment(1000, 500))
    first = given[0]
    left = book.later(first.occurred_at, days=200)
    _withdraw(book, first, left, Method.LINK)
    book.given(first.contact_point, "marketing-own", EMAIL, book.later(left, days=150))


def gave_anothers_number(book: Book) -> None:
    """Somebody else ticked the boxes, which is no consent of the user of the phone."""
    subscribed(book, giver=Giver.THIRD_PARTY)


def is_a_minor(book: Book) -> None:
    at = book.moment(600, 40)
    noticed = timezone.localdate(book.later(at, days=30))
    person = book.person(since=at, contacts=(ContactKind.EMAIL,), minor_since=noticed)
    book.acquired(person, "web-form", at)
    book.given(person.email, "newsletter", EMAIL, at)


# The contest: consents to be confirmed, for 24 months -------------------------------------------


def _entered_the_contest(book: Book, at: datetime) -> list[ConsentEvent]:
    person = book.person(since=at)
    book.acquired(person, "contest", at)
    return [
        book.given(person.email, "marketing-own", EMAIL, at, source="contest"),
        book.given(person.email, "lead-offers", EMAIL, at, source="contest"),
    ]


def never_confirmed(book: Book) -> None:
    _entered_the_contest(book, book.moment(700, 3))


def confirmed(book: Book) -> None:
    _confirm(book, _entered_the_contest(book, book.moment(600, 20)))


def expired(book: Book) -> None:
    _confirm(book, _entered_the_contest(book, book.moment(1080, 740)))


def expires_soon(book: Book) -> None:
    _confirm(book, _entered_the_contest(book, book.moment(725, 703)))


def _confirm(book: Book, given: list[ConsentEvent]) -> None:
    at = given[0].occurred_at + timedelta(minutes=book.dice.randint(2, 900))
    for event in given:
        book.confirmed(event, at)


# The helpline -----------------------------------------------------------------------------------


def agreed_on_the_phone(book: Book) -> None:
    """Yes to calls, no to e-mail; some also to a survey."""
    at = book.moment(min(730, (book.now - PKE_STARTS).days), 5)
    person = book.person(since=at)
    call = {"source": "phone", "method": Method.CALL}
    book.acquired(person, "phone", at)
    book.given(person.phone, "marketing-own", VOICE, at, **call)
    book.refused(person.email, "marketing-own", EMAIL, at, **call)
    if book.dice.random() < 0.5:
        book.given(person.phone, "satisfaction-survey", VOICE, at, **call)


def answered_the_old_question(book: Book) -> None:
    """One clause for three channels: defective under the PKE."""
    days = (book.now - PKE_STARTS).days
    at = book.moment(days + 400, days + 5)
    person = book.person(since=at)
    call = {"source": "phone", "method": Method.CALL}
    book.acquired(person, "phone", at)
    book.given(person.email, "marketing-own", EMAIL, at, **call)
    book.given(person.phone, "marketing-own", SMS, at, **call)
    book.given(person.phone, "marketing-own", VOICE, at, **call)


def was_asked_without_a_script(book: Book) -> None:
    """The helpline has no wording for the newsletter: nobody knows what they agreed to."""
    at = book.moment(600, 30)
    person = book.person(since=at)
    book.acquired(person, "phone", at)
    book.given(person.email, "newsletter", EMAIL, at, source="phone", method=Method.CALL)


def never_said_so(book: Book) -> None:
    """The recording holds no consent: what an agent ticked was never valid."""
    at = book.moment(min(700, (book.now - PKE_STARTS).days), 60)
    person = book.person(since=at)
    book.acquired(person, "phone", at)
    event = book.given(person.phone, "marketing-own", VOICE, at, source="phone", method=Method.CALL)
    reason = "Na nagraniu nie ma odpowiedzi na pytanie o zgodę"
    book.invalidated(event, book.later(at, days=45), reason)


# Objections and restrictions --------------------------------------------------------------------


def objected(book: Book) -> None:
    """An objection to marketing (Art. 21(2)) reaches every channel and every number."""
    person, given = subscribed(book, book.moment(1000, 90))
    at = book.later(given[0].occurred_at, days=400)
    reason = "Sprzeciw wobec marketingu zgłoszony konsultantowi"
    book.restricted(person.phone, RestrictionKind.OBJECTION, at, reason=reason)


def objected_to_surveys(book: Book) -> None:
    person, given = subscribed(book, book.moment(900, 60))
    book.restricted(
        person.email,
        RestrictionKind.OBJECTION_PURPOSE,
        book.later(given[0].occurred_at, days=300),
        purpose=book.purposes["service-survey"],
        reason="Sprzeciw wobec oceny załatwionej sprawy (art. 21 ust. 1)",
    )


def asked_not_to_be_phoned(book: Book) -> None:
    person, given = subscribed(book, book.moment(1000, 60))
    at = book.later(given[0].occurred_at, days=300)
    for channel in (VOICE, AUTOMAT):
        book.restricted(
            person.phone,
            RestrictionKind.DO_NOT_CONTACT,
            at,
            channel=channel,
            reason="Prośba o kontakt wyłącznie pisemny",
        )


def bounced(book: Book) -> None:
    """The mailbox answers no more; now and then it was only full."""
    person, given = subscribed(book, book.moment(1000, 100))
    at = book.later(given[0].occurred_at, days=300)
    restriction = book.restricted(
        person.email,
        RestrictionKind.UNDELIVERABLE,
        at,
        channel=EMAIL,
        reason="Trwałe odrzucenie wiadomości (5.1.1)",
    )
    if book.dice.random() < 0.25:
        lifted_at = book.later(at, days=30)
        book.lifted(restriction, lifted_at, reason="Adres sprawdzony w rozmowie, działa")


def has_processing_restricted(book: Book) -> None:
    person, given = subscribed(book, book.moment(800, 60))
    book.restricted(
        person.email,
        RestrictionKind.PROCESSING_RESTRICTED,
        book.later(given[0].occurred_at, days=200),
        reason="Osoba kwestionuje prawidłowość danych (art. 18 ust. 1 lit. a)",
    )


# Companies, letters, numbers that moved on ------------------------------------------------------


def is_a_company(book: Book) -> None:
    """Art. 398 PKE protects companies too: somebody authorised consented for it."""
    subscribed(book, kind=SubjectKind.COMPANY, giver=Giver.AUTHORISED)


def is_a_sole_trader(book: Book) -> None:
    subscribed(book, kind=SubjectKind.SOLE_TRADER)


def works_for_a_company(book: Book) -> None:
    subscribed(book, kind=SubjectKind.CONTACT_PERSON, giver=Giver.AUTHORISED)


def is_only_served(book: Book) -> None:
    """A customer who was never asked for consent: service, complaints, letters."""
    at = book.moment(1090, 10)
    kinds = (ContactKind.EMAIL, ContactKind.PHONE, ContactKind.POSTAL)
    person = book.person(since=at, contacts=kinds)
    book.acquired(person, "phone", at)


def lost_their_number(book: Book) -> None:
    """The number went to somebody else: for them it begins anew, without a past."""
    person, given = subscribed(book, book.moment(1000, 300))
    at = book.later(given[0].occurred_at, days=200)
    retired = person.phone
    retired.retired_at, retired.retired_for = at, RetiredFor.REASSIGNED
    found = book.later(at, days=60)
    successor = book.person(since=found, contacts=(ContactKind.EMAIL,))
    book.point(successor, ContactKind.PHONE, retired.value, since=found)
    book.acquired(successor, "web-form", found)
    book.given(successor.email, "newsletter", EMAIL, found)


# From others ------------------------------------------------------------------------------------


def came_in_a_file(book: Book, batch: Batch, *, informed_on: date | None = None) -> None:
    """Given to a vendor or partner; the month of Art. 14 runs until the person is informed."""
    person = book.person(since=batch.applied_at, batch=batch)
    book.acquired(person, batch.source, batch.obtained_at, informed_on=informed_on)
    at = batch.obtained_at - timedelta(minutes=book.dice.randint(60, 12 * 24 * 60))
    file = {"source": batch.source, "method": Method.IMPORT, "batch": batch}
    for point, channel in ((person.email, EMAIL), (person.phone, VOICE)):
        book.given(point, "marketing-own", channel, at, **file)


# The client -------------------------------------------------------------------------------------


def joined_the_programme(book: Book) -> None:
    """Consented to the client, not to the centre."""
    at = book.moment(min(700, (book.now - PKE_STARTS).days), 10)
    person = book.person(since=at, controller=CLIENT)
    shop = {"source": "wzorzec-shop"}
    book.acquired(person, "wzorzec-shop", at)
    given = [
        book.given(person.email, "wzorzec-loyalty", EMAIL, at, **shop),
        book.given(person.phone, "wzorzec-loyalty", SMS, at, **shop),
    ]
    if book.dice.random() < 0.5:
        given.append(book.given(person.phone, "wzorzec-loyalty", VOICE, at, **shop))
    chance = book.dice.random()
    if chance < 0.2:
        event = given[0]
        book.withdrawn(
            event.contact_point,
            "wzorzec-loyalty",
            EMAIL,
            book.later(at, days=200),
            method=Method.LINK,
            **shop,
        )
    elif chance < 0.3:
        reason = "Sprzeciw wobec marketingu sklepu, przekazany zleceniodawcy"
        moment = book.later(at, days=200)
        book.restricted(person.email, RestrictionKind.OBJECTION, moment, reason=reason)
