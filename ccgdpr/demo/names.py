"""Invented people: common names, mobile numbers drawn by lot, domains set aside for examples."""

import random

from ccgdpr.demo.making import content
from consents.contacts import Unusable, normalise
from processing.choices import ContactKind

PLAIN = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")


class Names:
    """Draws names, numbers and addresses; no number or e-mail address comes twice."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.number = 100
        self.phones: set[str] = set()
        self.known = {
            key: value.split() if isinstance(value, str) else value
            for key, value in content("names").items()
        }

    def person(self) -> tuple[str, str]:
        woman = self.dice.random() < 0.54
        surname = self._draw("surnames")
        if woman and surname.endswith("ki"):
            surname = surname[:-1] + "a"
        return self._draw("women" if woman else "men"), surname

    def company(self) -> str:
        form = self.dice.choice(("sp. z o.o.", "sp.j.", "S.A."))
        return f"{self._draw('companies')} {form}"

    def email(self, *words: str) -> str:
        """An address from ``words``, such as a name; a number makes it the only one."""
        self.number += self.dice.randint(1, 3)
        local = ".".join(words).translate(PLAIN).lower().replace(" ", "-")
        return f"{local}{self.number}@{self._draw('domains')}"

    def phone(self) -> str:
        while True:
            number = f"+48{self._draw('mobile')}{self.dice.randint(100000, 999999)}"
            if number not in self.phones and _is_valid(number):
                self.phones.add(number)
                return number

    def postal(self) -> str:
        house = self.dice.randint(1, 120)
        return f"ul. {self._draw('streets')} {house}, {self._draw('towns')}"

    def _draw(self, what: str) -> str:
        return self.dice.choice(self.known[what])


def _is_valid(number: str) -> bool:
    try:
        return bool(normalise(ContactKind.PHONE, number))
    except Unusable:
        return False
