"""Whatever is recorded, by whichever way, leaves a note of it in the same transaction."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model, Q

from consents import outbox, services
from consents.hearing import Hearing, hear
from consents.importing.applying import apply
from consents.models import ConsentEvent, ContactPoint, OutboxNote, Restriction
from tests.consents.files import (
    FLAGS,
    SAMPLES,
    Stop,
    chunks_of,
    imported,
    staged,
    stop_after,
    table,
)
from tests.factories import PointFactory, PurposeFactory, SourceFactory
from tests.process import HOUSE

pytestmark = pytest.mark.django_db
HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)
MODELS = {"event": ConsentEvent, "restriction": Restriction, "retirement": ContactPoint}
# Who may write events and restrictions: the verbs and the import, which leave notes, and what
# fills an empty house before anybody follows it.
WRITERS = {
    "ccgdpr/demo/book.py",
    "consents/importing/sql/written.py",
    "consents/services/acts.py",
    "consents/services/stops.py",
    "screening/benchmarks/house.py",
}
WRITES = re.compile(
    r"(?<!class )\b(?:ConsentEvent|Restriction)\(|INSERT INTO consents_(?:consentevent|restriction)"
)


@pytest.fixture
def house() -> SimpleNamespace:
    return SimpleNamespace(
        point=PointFactory(), purpose=PurposeFactory(slug="newsletter"), source=SourceFactory()
    )


def told(house: SimpleNamespace, verb: Any = services.give, **act: Any) -> ConsentEvent:
    facts = {"source": house.source, "method": "form", "evidence": "formularz", **act}
    return verb(house.point, house.purpose, "email", **facts)


def noted() -> list[Model]:
    """What the notes name, in their order."""
    return [record for note in OutboxNote.objects.order_by("pk") for record in named_by(note)]


def named_by(note: OutboxNote) -> list[Model]:
    batch = Q(batch=note.batch) if note.batch else Q()
    found = MODELS[note.what].objects.filter(batch, pk__range=(note.first, note.last))
    return list(found.order_by("pk"))


# Verbs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [services.give, services.refuse, services.withdraw])
def test_what_a_person_says_is_noted(house: SimpleNamespace, verb: Any) -> None:
    event = told(house, verb)
    assert noted() == [event]


def test_a_confirmation_and_a_striking_out_are_noted(house: SimpleNamespace) -> None:
    given = told(house)
    confirmed = services.confirm(given, method="link", evidence="kliknięcie")
    struck = services.invalidate(given, method="paper", reason="inna osoba")
    assert noted() == [given, confirmed, struck]


def test_an_objection_and_its_lifting_are_noted(house: SimpleNamespace) -> None:
    objection = services.restrict(house.point, "objection", words="dość")
    lifting = services.lift(objection, reason="pomyłka")
    assert noted() == [objection, lifting]


def test_a_retirement_is_noted(house: SimpleNamespace) -> None:
    services.reassign(house.point, retired_for="closed", reason="numer zamknięty")
    assert noted() == [house.point]


def test_what_was_told_before_is_not_noted_again(house: SimpleNamespace) -> None:
    event = told(house, occurred_at=HEARD)
    objection = services.restrict(house.point, "objection", words="dość", effective_at=HEARD)
    told(house, occurred_at=HEARD)
    services.restrict(house.point, "objection", words="dość", effective_at=HEARD)
    assert noted() == [event, objection]


def test_what_is_undone_leaves_no_note(house: SimpleNamespace) -> None:
    with transaction.atomic():
        told(house)
        transaction.set_rollback(True)
    assert noted() == []


# An agent hears ----------------------------------------------------------------------------------


def heard(house: SimpleNamespace, what: str, text: str = "", **options: Any) -> None:
    text = text or house.point.value
    hear(Hearing(house.point.controller, text, what, "nie dzwonić", HEARD, **options))


def test_a_withdrawal_that_is_heard_is_noted_for_each_consent(house: SimpleNamespace) -> None:
    told(house, occurred_at=datetime(2025, 3, 2, tzinfo=UTC))
    other = PurposeFactory(slug="marketing-own")
    told(
        SimpleNamespace(**{**vars(house), "purpose": other}),
        occurred_at=datetime(2025, 3, 2, tzinfo=UTC),
    )
    OutboxNote.objects.all().delete()
    heard(house, "withdrawal")
    assert noted() == list(ConsentEvent.objects.filter(kind="withdrawn").order_by("pk"))
    assert len(noted()) == 2


@pytest.mark.parametrize("what", ["withdrawal", "objection", "do_not_contact"])
def test_a_no_without_any_consent_is_noted_as_what_it_is(house: SimpleNamespace, what: str) -> None:
    heard(house, what)
    assert noted() == [Restriction.objects.get()]


def test_a_stranger_is_kept_away_and_nobody_is_told(house: SimpleNamespace) -> None:
    heard(house, "objection", "obcy@poczta.example")
    assert noted() == []


# Files -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("import_house")
def test_a_file_leaves_a_note_a_chunk_which_names_its_rows_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chunks_of(monkeypatch, 100)
    imported(SAMPLES / "mailchimp_audience_export.zip")
    assert {each.pk for each in noted() if isinstance(each, ConsentEvent)} == set(
        ConsentEvent.objects.values_list("pk", flat=True)
    )
    assert {each.pk for each in noted() if isinstance(each, Restriction)} == set(
        Restriction.objects.values_list("pk", flat=True)
    )
    assert 3 <= OutboxNote.objects.count() <= 2 * 4


@pytest.mark.usefixtures("import_house")
def test_a_file_whose_rows_are_known_leaves_no_note() -> None:
    imported(SAMPLES / "brevo_contacts.csv")
    OutboxNote.objects.all().delete()
    imported(SAMPLES / "brevo_contacts.csv")
    assert noted() == []


@pytest.mark.usefixtures("import_house")
def test_a_chunk_that_was_broken_off_leaves_no_note(monkeypatch: pytest.MonkeyPatch) -> None:
    chunks_of(monkeypatch, 1)
    upload = staged(
        table(*((f"o{n}@poczta.example", "tak", "2025-03-01") for n in range(3))), mapping=FLAGS
    )
    with pytest.raises(Stop):
        apply(upload, beat=stop_after(2))
    assert noted() == list(ConsentEvent.objects.order_by("pk"))
    apply(upload)
    assert noted() == list(ConsentEvent.objects.order_by("pk"))
    assert len(noted()) == 3


def test_a_note_of_a_batch_leaves_out_what_others_recorded_meanwhile(
    house: SimpleNamespace,
) -> None:
    before = outbox.newest(ConsentEvent)
    other = told(house)
    OutboxNote.objects.all().delete()
    outbox.note_since(ConsentEvent, before, "0199c2a4-5f9e-7c3a-8d51-6a2f0e9b1c44")
    assert OutboxNote.objects.get().last == other.pk
    assert noted() == []


# Everybody else ----------------------------------------------------------------------------------


def test_nobody_else_writes_events_or_restrictions() -> None:
    sources = (
        path
        for path in HOUSE.glob("*/**/*.py")
        if path.relative_to(HOUSE).parts[0] not in ("tests", ".venv", "var")
        and "migrations" not in path.parts
    )
    found = {str(path.relative_to(HOUSE)) for path in sources if WRITES.search(path.read_text())}
    assert found == WRITERS
