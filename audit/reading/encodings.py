"""Which encoding a file has: known or asked for, never guessed silently (security.md 29)."""

import re

from django.utils.translation import gettext as _

from audit.reading.errors import EncodingNeeded, Refused, nearest

ENCODINGS = (
    "utf-8",
    "cp1250",
    "iso-8859-2",
    "cp852",
    "mac_latin2",
    "cp1252",
    "iso-8859-1",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
)
_SPELLINGS = {
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "windows-1250": "cp1250",
    "latin2": "iso-8859-2",
    "latin-2": "iso-8859-2",
    "ibm852": "cp852",
    "windows-1252": "cp1252",
    "latin1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "utf16": "utf-16",
    "macce": "mac_latin2",
}
_POLISH = set("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
_WORD = re.compile(r"\w+")


def known_encoding(name: str) -> str:
    """One of ENCODINGS; Refused by name otherwise."""
    folded = name.strip().lower().replace("_", "-")
    folded = _SPELLINGS.get(folded, "mac_latin2" if folded == "mac-latin2" else folded)
    if folded not in ENCODINGS:
        known = nearest(name, list(ENCODINGS))
        raise Refused(_("Unknown encoding {known}.").format(known=known))
    return folded


def ask_for_encoding(sample: bytes) -> EncodingNeeded:
    """The question, with the likeliest answer and some Polish words read by it."""
    guess = likeliest(sample)
    return EncodingNeeded(guess, polish_words(sample.decode(guess, "replace")))


def likeliest(sample: bytes) -> str:
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if sample.count(b"\0") > len(sample) // 4:
        return "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be"
    scores = {name: _polish_letters(sample, name) for name in ENCODINGS[1:6]}
    return max(scores, key=lambda name: scores[name])


def polish_words(text: str, count: int = 3) -> list[str]:
    """The first different words with Polish letters: a person sees at once if they are right."""
    words: dict[str, None] = {}
    for word in _WORD.findall(text):
        if _POLISH & set(word):
            words[word] = None
        if len(words) == count:
            break
    return list(words)


def _polish_letters(sample: bytes, name: str) -> int:
    text = sample.decode(name, "replace")
    odd = sum(1 for c in text if c == "\N{REPLACEMENT CHARACTER}" or "\x80" <= c <= "\x9f")
    return sum(1 for c in text if c in _POLISH) - odd
