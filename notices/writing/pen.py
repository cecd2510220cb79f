"""Writes one section of a notice in one language, and notes what the registers lack for it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from audit.display import NBSP

# What Markdown would read as a sign of its own in a name or a sentence of the registers.
_SIGNS = re.compile(r"([\\`*<>\[\]|]|(?<!\w)[_#~]|_(?!\w))")
_SHORT = re.compile(r"(?<=\s)([aiouwzAIOUWZ]) (?=\S)")
_CITED = re.compile(r"\b([Aa]rt|ust|lit|pkt|ul)\. (?=\S)")
MARKS = {"pl": "DO UZUPEŁNIENIA", "en": "TO BE COMPLETED"}


def plain(text: str) -> str:
    """``text`` of a register on one line, so that Markdown shows it letter by letter."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


@dataclass
class Pen:
    """``gaps`` and ``moot`` (why nothing needs to be said) are kept in both languages."""

    language: str
    paragraphs: list[str] = field(default_factory=list)
    gaps: list[tuple[str, str]] = field(default_factory=list)
    moot: tuple[str, str] | None = None

    def pick(self, pl: str, en: str) -> str:
        return pl if self.language == "pl" else en

    def say(self, pl: str, en: str) -> None:
        """A paragraph, in both languages side by side."""
        self.paragraphs.append(self.pick(pl, en))

    def list(self, items: Iterable[str]) -> None:
        self.paragraphs.append(listed(items))

    def of(self, record: Any, name: str) -> str:
        """A text of a register in this language alone; empty where it is not there."""
        return plain(getattr(record, f"{name}_{self.language}"))

    def asked_of(self, record: Any, name: str, pl: str, en: str) -> str:
        """As ``of``; where it is not there, a mark in its place and a gap that says so."""
        return self.of(record, name) or self.lacks(pl, en)

    def lacks(self, pl: str, en: str) -> str:
        """Note a gap; what it returns stands visibly in the text, so that nobody overlooks it."""
        self.gaps.append((pl, en))
        return f"**\\[{MARKS[self.language]}: {plain(self.pick(pl, en))}\\]**"

    def has_nothing_to_say(self, pl: str, en: str) -> None:
        self.moot = (pl, en)

    @property
    def text(self) -> str:
        written = "\n\n".join(self.paragraphs)
        if self.language != "pl":
            return written
        # A Polish line ends neither with a preposition of one letter nor within a citation.
        return _CITED.sub(rf"\1.{NBSP}", _SHORT.sub(rf"\1{NBSP}", written))
