"""The Polish catalogue says everything that the house can say, and says it compiled."""

import gettext
import re
import shutil
import subprocess
from ast import literal_eval
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.house.floors import FLOORS, HOUSE

MESSAGES = Path("locale/pl/LC_MESSAGES/django.po")
QUOTED = r'((?:".*"\n)+)'
ENTRY = re.compile(
    rf"^((?:#.*\n)*)(?:msgctxt {QUOTED})?msgid {QUOTED}(?:msgid_plural {QUOTED})?"
    rf"((?:msgstr(?:\[\d\])? (?:\".*\"\n)+)+)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Entry:
    context: str
    text: str
    translations: tuple[str, ...]
    fuzzy: bool


def _entries(path: Path) -> list[Entry]:
    """The entries of a .po file but its header."""
    parsed = [_entry(match) for match in ENTRY.finditer(path.read_text() + "\n")]
    return [entry for entry in parsed if entry.text]


def _entry(match: re.Match[str]) -> Entry:
    comments, context, text, _, translations = match.groups(default="")
    return Entry(
        context=_joined(context),
        text=_joined(text),
        translations=tuple(map(_joined, re.split(r"^msgstr\S*", translations, flags=re.M)[1:])),
        fuzzy=bool(re.search(r"^#,.*\bfuzzy\b", comments, re.MULTILINE)),
    )


def _joined(quoted: str) -> str:
    return "".join(literal_eval(line.strip()) for line in quoted.splitlines())


def test_every_text_is_translated() -> None:
    assert [e.text for e in _entries(HOUSE / MESSAGES) if not all(e.translations)] == []


def test_no_translation_is_a_guess() -> None:
    assert [e.text for e in _entries(HOUSE / MESSAGES) if e.fuzzy] == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (HOUSE / MESSAGES).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    written = [text for entry in _entries(HOUSE / MESSAGES) for text in entry.translations]
    assert sorted(written) == sorted(text for key, text in compiled.items() if key)


@pytest.mark.needs("msgfmt")
def test_translations_name_the_same_variables_as_the_texts() -> None:
    command = ["msgfmt", "--check", "--output-file", "/dev/null", str(MESSAGES)]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True)
    assert done.stderr == ""


@pytest.mark.needs("xgettext")
def test_the_catalogue_holds_every_text_of_the_code(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (*FLOORS, "templates"):
        shutil.copytree(HOUSE / folder, tmp_path / folder)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "locale").mkdir()
    call_command("makemessages", locale=["pl"], verbosity=0)
    assert _texts(tmp_path / MESSAGES) - _texts(HOUSE / MESSAGES) == set()


def _texts(path: Path) -> set[tuple[str, str]]:
    return {(entry.context, entry.text) for entry in _entries(path)}


def test_no_text_hides_behind_a_name_that_is_not_collected() -> None:
    """xgettext knows the functions of Django by their own names and by "_" alone."""
    renamed = re.compile(r"^from django\.utils\.translation import .* as (?!_$)\w+$", re.MULTILINE)
    files = [path for floor in FLOORS for path in (HOUSE / floor).rglob("*.py")]
    assert [str(path) for path in files if renamed.search(path.read_text())] == []
