"""Many presses at one moment are one act: the person's contacts are held while it is looked at."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from tests.consents.preferences.people import Person, events, one_click, press

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[], Any], times: int = 8) -> list[Any]:
    def alone(_number: int) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(alone, range(times)))


def test_one_click_at_once_is_one_withdrawal() -> None:
    person = Person()
    before = events()
    answers = at_once(lambda: one_click(person.unsubscribe))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert events() == before + 1


def test_withdrawing_all_at_once_is_one_batch() -> None:
    person = Person()
    before = events()
    at_once(lambda: press(person.page, withdraw_all=1))
    assert events() == before + 3


def test_objecting_at_once_is_one_objection() -> None:
    person = Person()
    before = events()
    at_once(lambda: press(person.page, object=1))
    assert events() == before + 1
