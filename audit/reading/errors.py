"""Why a file as a whole is refused."""

from difflib import get_close_matches

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """The file as a whole is refused; nothing of it is applied. ``str`` is the reason."""


class EncodingNeeded(Refused):
    """Not UTF-8: a person says what it is. ``guess`` and ``words`` are offered, never used."""

    def __init__(self, guess: str, words: list[str]) -> None:
        self.guess, self.words = guess, words
        text = _("The file is not UTF-8. Name its encoding, for example {guess}: {words}")
        super().__init__(str(text).format(guess=guess, words=", ".join(words) or "–"))


def nearest(name: str, known: list[str]) -> str:
    """“X (nearest: Y)” for a refusal by name."""
    close = get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
    offered = close or sorted(known)[:20]
    text = _("“{name}” (nearest: {nearest})") if close else _("“{name}” (known: {nearest})")
    return str(text).format(name=name, nearest=", ".join(offered))
