from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from audit import display

INSTANT = datetime(2026, 11, 24, 8, 42, 18, tzinfo=UTC)


def test_thousands_stand_apart_by_a_space_that_does_not_break() -> None:
    assert display.number(1204512) == "1\N{NO-BREAK SPACE}204\N{NO-BREAK SPACE}512"


def test_no_number_is_no_text() -> None:
    assert display.number(None) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+48601602603", "+48 601 602 603"),
        ("+442079460958", "+44 20 7946 0958"),
        ("jan@poczta.example", "jan@poczta.example"),
        ("+48601", "+48601"),
    ],
)
def test_a_phone_number_is_read_in_groups(value: str, shown: str) -> None:
    assert display.phone(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+48601602603", "+48 601 ••• •03"),
        ("+442079460958", "+44 207 ••• •58"),
        ("+3725123456", "+372 ••• •56"),
        ("jan.kowalski@poczta.example", "j••••@p••••.example"),
        ("j@p.example", "j••••@p••••.example"),
        ("ul. Długa 3, Kraków", "••••"),
        ("@", "••••"),
    ],
)
def test_a_masked_contact_shows_only_its_edges(value: str, shown: str) -> None:
    assert display.masked_contact(value) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Jan Maria Kowalski", "J•••• K••••"), ("Łucja", "Ł••••"), ("", "")],
)
def test_a_masked_name_has_a_fixed_number_of_dots(name: str, shown: str) -> None:
    assert display.masked_name(name) == shown


def test_the_dots_do_not_tell_how_long_a_name_is() -> None:
    assert len(display.masked_name("Al Bo")) == len(display.masked_name("Konstanty Bogdanowicz"))


def test_an_instant_reads_in_local_time_and_keeps_the_exact_one() -> None:
    with translation.override("pl"):
        shown = display.moment(INSTANT)
    assert ">24.11.2026, 09:42<" in shown
    assert 'datetime="2026-11-24T08:42:18+00:00"' in shown


def test_an_instant_in_english() -> None:
    with translation.override("en"):
        assert ">24 Nov 2026, 09:42<" in display.moment(INSTANT)


def test_a_day_of_an_instant_is_the_local_one() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    with translation.override("pl"):
        assert ">25.11.2026<" in display.day(late)


def test_a_day_is_no_instant() -> None:
    with translation.override("pl"):
        assert display.day(date(2026, 11, 4)) == '<time datetime="2026-11-04">04.11.2026</time>'


def test_a_badge_says_its_state_in_word_icon_and_colour() -> None:
    assert display.badge("Udzielona", "ok") == (
        '<span class="badge ok"><svg class="icon" aria-hidden="true"><use href="#i-check"/></svg>'
        "Udzielona</span>"
    )


def test_a_badge_escapes_its_word() -> None:
    assert "&lt;b&gt;" in display.badge("<b>", "off")


def test_a_badge_of_an_unknown_tone_is_refused() -> None:
    with pytest.raises(KeyError):
        display.badge("Udzielona", "green")


def test_the_sprite_has_an_icon_for_every_tone() -> None:
    sprite = get_template("admin/icons.html").render()
    assert [name for name in display.TONES.values() if f'id="i-{name}"' not in sprite] == []


def test_templates_name_only_icons_that_the_sprite_has() -> None:
    sprite = get_template("admin/icons.html").render()
    used = {
        name
        for file in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for name in _icons_in(file.read_text(encoding="utf-8"))
    }
    assert [name for name in sorted(used) if f'id="i-{name}"' not in sprite] == []


def _icons_in(source: str) -> list[str]:
    return [part.split('"', 1)[0] for part in source.split('{% icon "')[1:]]


def test_an_instant_of_today_is_brief() -> None:
    with time_machine.travel(INSTANT, tick=False), translation.override("pl"):
        assert ">09:42<" in display.brief_moment(INSTANT)


def test_an_instant_of_another_day_names_the_day() -> None:
    with time_machine.travel(INSTANT + timedelta(days=1), tick=False), translation.override("pl"):
        assert ">24.11.2026<" in display.brief_moment(INSTANT)
