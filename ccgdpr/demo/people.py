"""Five hundred people, and everything that happened to them in three years."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from ccgdpr.demo import stories
from ccgdpr.demo.book import Book
from ccgdpr.demo.imports import Batch
from ccgdpr.demo.making import days_ago, warsaw
from ccgdpr.demo.registers import OWN
from consents.choices import SuppressionOrigin, SuppressionScope
from consents.models import DataSubject
from processing.choices import Channel, ContactKind

SEED = 20241110

# How many people live each story. Those of `lost_their_number` count twice: who had it, who has it.
LIVES = (
    (stories.subscribed, 90),
    (stories.reads_the_newsletter, 40),
    (stories.changed_their_mind, 36),
    (stories.came_back, 12),
    (stories.gave_anothers_number, 4),
    (stories.is_a_minor, 5),
    (stories.never_confirmed, 20),
    (stories.confirmed, 18),
    (stories.expired, 16),
    (stories.expires_soon, 8),
    (stories.agreed_on_the_phone, 24),
    (stories.answered_the_old_question, 20),
    (stories.was_asked_without_a_script, 6),
    (stories.never_said_so, 8),
    (stories.objected, 18),
    (stories.objected_to_surveys, 5),
    (stories.asked_not_to_be_phoned, 10),
    (stories.bounced, 14),
    (stories.has_processing_restricted, 4),
    (stories.is_a_company, 14),
    (stories.is_a_sole_trader, 12),
    (stories.works_for_a_company, 6),
    (stories.is_only_served, 26),
    (stories.lost_their_number, 6),
    (stories.joined_the_programme, 40),
)


def create(team: dict[str, User]) -> bool:
    """Once: where the centre already has people, nothing is added; returns whether it was."""
    if DataSubject.objects.filter(controller__slug=OWN).exists():
        return False
    book = Book(team, SEED)
    for story, people in LIVES:
        for _ in range(people):
            story(book)
    batches = [_import(book, *file) for file in _files()]
    _suppress(book)
    book.write()
    for batch in batches:
        batch.write()
    return True


def _files() -> list[tuple[str, str, datetime, date | None, int]]:
    """Source, file, obtained at, informed on (None: nobody yet), how many people."""
    informed, later = timezone.localdate(days_ago(190)), timezone.localdate(days_ago(52))
    return [
        ("purchased-2024", "lead-baza-2024-10a.csv", warsaw(2024, 10, 21), date(2024, 11, 4), 8),
        ("purchased-2024", "lead-baza-2024-10b.csv", warsaw(2024, 10, 21), date(2024, 11, 18), 8),
        ("purchased-2025", "lead-baza-2025-09a.csv", warsaw(2025, 9, 15), date(2025, 10, 6), 5),
        ("purchased-2025", "lead-baza-2025-09b.csv", warsaw(2025, 9, 15), None, 5),
        ("partner-porownywarka", "porownywarka-1.csv", days_ago(200), informed, 2),
        ("partner-porownywarka", "porownywarka-2.csv", days_ago(70), later, 2),
        ("partner-porownywarka", "porownywarka-3.csv", days_ago(9), None, 2),
    ]


def _import(
    book: Book, source: str, name: str, obtained_at: datetime, informed_on: date | None, people: int
) -> Batch:
    applied_at = min(obtained_at + timedelta(hours=33, minutes=17), book.now)
    batch = Batch(source, name, obtained_at, applied_at, owner=book.team[Role.DPO])
    for _ in range(people):
        stories.came_in_a_file(book, batch, informed_on=informed_on)
    return batch


def _suppress(book: Book) -> None:
    """Numbers that the register must not know, and two of those it knows from an industry list."""
    listed = book.moment(120, 60)
    for _ in range(12):
        _listed(book, book.names.phone(), SuppressionOrigin.DO_NOT_CALL, listed)
    for _ in range(6):
        book.suppressed(
            ContactKind.EMAIL,
            book.names.email("osoba"),
            book.moment(700, 30),
            scope=SuppressionScope.ALL,
            origin=SuppressionOrigin.ERASURE,
        )
    known = [p.phone.value for p in book.people[: 2 * 7 : 7] if ContactKind.PHONE in p.points]
    for number in known:
        _listed(book, number, SuppressionOrigin.INDUSTRY_LIST, listed)


def _listed(book: Book, number: str, origin: str, at: datetime) -> None:
    for channel in (Channel.VOICE, Channel.AUTOMATED_CALL):
        book.suppressed(
            ContactKind.PHONE,
            number,
            at,
            channel=channel,
            scope=SuppressionScope.COMMERCIAL,
            origin=origin,
            listed_on=timezone.localdate(at),
        )
