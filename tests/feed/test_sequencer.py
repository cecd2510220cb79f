"""What was recorded gets its number once, in order, without a gap."""

import pytest

from consents import services
from consents.models import OutboxNote
from feed import sequencer
from feed.models import FeedEntry, FeedHead
from tests.feed.conftest import give, withdraw


def numbers() -> list[int]:
    return list(FeedEntry.objects.values_list("seq", flat=True))


def test_nothing_is_numbered_where_nothing_was_recorded(house):
    assert sequencer.number() == 0
    assert FeedHead.now().last == 0


def test_what_was_recorded_is_numbered_in_the_order_in_which_it_was(house):
    given, withdrawn = give(house), withdraw(house)
    assert sequencer.number() == 2
    assert list(FeedEntry.objects.values_list("seq", "event")) == [
        (1, given.pk),
        (2, withdrawn.pk),
    ]


def test_numbers_go_on_where_they_stood(house):
    give(house)
    sequencer.number()
    withdraw(house)
    sequencer.number()
    assert numbers() == [1, 2]
    assert FeedHead.now().last == 2


def test_what_is_numbered_leaves_no_note(house):
    give(house)
    sequencer.number()
    assert not OutboxNote.objects.exists()
    assert sequencer.number() == 0


def test_objections_their_lifting_and_retirements_have_their_places(house):
    objection = services.restrict(house.point, "objection", words="dość")
    lifting = services.lift(objection, reason="pomyłka")
    services.reassign(house.point, retired_for="reassigned", reason="nowy abonent")
    sequencer.number()
    assert list(FeedEntry.objects.values_list("restriction", "contact_point", "ends_contact")) == [
        (objection.pk, None, True),
        (lifting.pk, None, False),
        (None, house.point.pk, True),
    ]


def test_a_consent_does_not_end_contact_and_a_withdrawal_does(house):
    give(house)
    withdraw(house)
    sequencer.number()
    assert list(FeedEntry.objects.values_list("ends_contact", flat=True)) == [False, True]


def test_a_row_that_two_notes_name_has_one_place(house):
    event = give(house)
    OutboxNote.objects.create(what="event", first=1, last=event.pk + 5)
    assert sequencer.number() == 1
    OutboxNote.objects.create(what="event", first=event.pk, last=event.pk)
    assert sequencer.number() == 0


def test_a_large_outbox_is_numbered_in_rounds(house, monkeypatch):
    monkeypatch.setattr(sequencer, "ROUND", 2)
    for _number in range(3):
        give(house)
        withdraw(house)
    rounds = []
    monkeypatch.setattr(sequencer, "listeners", [lambda *span: rounds.append(span)])
    assert sequencer.number() == 6
    assert rounds == [(1, 2), (3, 4), (5, 6)]


def test_a_listener_that_fails_leaves_everything_as_it_was(house, monkeypatch):
    def fail(first, last):
        raise RuntimeError

    give(house)
    monkeypatch.setattr(sequencer, "listeners", [fail])
    with pytest.raises(RuntimeError):
        sequencer.number()
    assert (numbers(), OutboxNote.objects.count()) == ([], 1)
