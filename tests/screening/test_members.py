"""Who was on a list, by ids of contact points, for as long as it is kept."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.members import Members, erase_members, ids, lists_of
from screening.models import ContactList, ListBlock
from tests.factories import PointFactory
from tests.screening.conftest import give
from tests.screening.lists import floor_of, made, signed_in, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
SPARSE = st.sets(st.integers(1, 2**40), max_size=20)
DENSE = st.sets(st.integers(65_500, 65_600), max_size=60)


@pytest.fixture
def floor(consented: SimpleNamespace) -> SimpleNamespace:
    return floor_of(consented)


@pytest.fixture
def contact_list(floor: SimpleNamespace) -> ContactList:
    return made(floor)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=st.one_of(SPARSE, DENSE, st.builds(set.union, SPARSE, DENSE)))
def test_what_was_added_is_what_is_read(contact_list: ContactList, held: set[int]) -> None:
    ListBlock.objects.all().delete()
    members = Members()
    for each in held:
        members.add([each])
    members.add(held)
    members.save(contact_list)
    assert list(ids(contact_list)) == sorted(held)


def test_a_million_people_in_a_row_take_little_room(contact_list: ContactList) -> None:
    ListBlock.objects.all().delete()
    members = Members()
    members.add(range(1, 1_000_001))
    members.save(contact_list)
    bits = list(ListBlock.objects.values_list("bits", flat=True))
    assert len(bits) == 16
    assert sum(map(len, bits)) < 10_000


def test_it_is_told_how_many_there_are(contact_list: ContactList) -> None:
    told: list[int] = []
    members = Members(told.append)
    members.add([1, 2])
    members.add([3])
    assert told == [2, 3]


def test_a_block_of_a_list_stands_once(contact_list: ContactList) -> None:
    block = ListBlock.objects.get()
    twice = ListBlock(contact_list=contact_list, block=block.block, bits=b"")
    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save()


def test_the_lists_that_somebody_was_on(floor: SimpleNamespace) -> None:
    first = made(floor)
    later = PointFactory()
    give(later, floor)
    second = made(floor)
    since = timezone.now() - timedelta(days=1)
    assert set(lists_of(floor.point, since)) == {first, second}
    assert set(lists_of(later, since)) == {second}
    assert not lists_of(later, timezone.now())


def test_the_officer_finds_the_lists_on_the_page_of_the_number_and_the_person(
    floor: SimpleNamespace,
) -> None:
    contact_list = made(floor)
    officer = signed_in()
    for kind, pk in (("contactpoint", floor.point.pk), ("datasubject", floor.subject.pk)):
        page = officer.get(f"/admin/consents/{kind}/{pk}/change/").content.decode()
        assert f"/admin/screening/contactlist/{contact_list.pk}/change/" in page
        assert "On contact lists of the last 90 days" in page


# Erased ------------------------------------------------------------------------------------------


def at_the_end() -> datetime:
    return timezone.now() + timedelta(days=90, seconds=1)


def test_members_are_erased_when_their_time_is_over(contact_list: ContactList) -> None:
    erase_members()
    assert ListBlock.objects.exists()
    with time_machine.travel(at_the_end(), tick=False):
        erase_members()
    assert not ListBlock.objects.exists()
    assert ContactList.objects.exists()


def test_members_that_a_shorter_time_erased_do_not_come_back(
    contact_list: ContactList, settings: LazySettings
) -> None:
    settings.LIST_MEMBERS_DAYS = 1
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        erase_members()
        settings.LIST_MEMBERS_DAYS = 90
        assert not contact_list.has_members


def test_a_list_of_nobody_is_recalled_for_nobody(floor: SimpleNamespace) -> None:
    nobody = made(floor, language="en")
    assert not ListBlock.objects.filter(contact_list=nobody).exists()
    assert nobody.has_members


def test_a_list_whose_members_are_erased_says_so(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    with time_machine.travel(at_the_end(), tick=False):
        erase_members()
        floor.client.force_login(floor.user)
        page = floor.client.get(url("made", contact_list)).content.decode()
        assert "It is no longer known who was on this list." in page
        assert floor.client.post(url("recall", contact_list)).status_code == 302
