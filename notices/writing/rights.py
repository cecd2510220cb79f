"""What people may do, and whether they must give data (Art. 13(2)(b), (c), (e); 14 alike)."""

from notices.writing.pen import Pen
from notices.writing.registers import Facts
from processing.choices import Basis
from processing.models import Purpose

ALWAYS = (
    (
        "dostępu do danych i otrzymania ich kopii (art. 15 RODO)",
        "access to your data and a copy of them (Art. 15 GDPR)",
    ),
    (
        "sprostowania i uzupełnienia danych (art. 16 RODO)",
        "rectification and completion of your data (Art. 16 GDPR)",
    ),
    (
        "usunięcia danych (art. 17 RODO)",
        "erasure of your data (Art. 17 GDPR)",
    ),
    (
        "ograniczenia przetwarzania (art. 18 RODO)",
        "restriction of processing (Art. 18 GDPR)",
    ),
)
PORTABILITY = (
    "przeniesienia danych, które przetwarzamy w systemach informatycznych na podstawie zgody lub "
    "umowy (art. 20 RODO)",
    "portability of the data that we process by automated means on consent or contract "
    "(Art. 20 GDPR)",
)
PROVISION = {
    Basis.CONSENT: (
        "jest dobrowolne; bez nich nie będziemy mogli działać w celach, na które potrzebna jest "
        "zgoda",
        "is voluntary; without them we cannot act for the purposes that need consent",
    ),
    Basis.CONTRACT: (
        "jest dobrowolne, ale niezbędne do zawarcia i wykonania umowy; bez nich nie będzie to "
        "możliwe",
        "is voluntary but necessary to conclude and perform the contract; without them this is "
        "not possible",
    ),
    Basis.LEGAL_OBLIGATION: (
        "jest wymogiem ustawowym; bez nich nie wykonamy obowiązku, który nakłada na nas prawo",
        "is a statutory requirement; without them we cannot meet the obligation that the law lays "
        "on us",
    ),
    Basis.LEGITIMATE_INTEREST: (
        "jest dobrowolne; bez nich nie będziemy mogli zrealizować tych celów",
        "is voluntary; without them we cannot pursue these purposes",
    ),
}


def rights(facts: Facts, pen: Pen) -> None:
    pen.say("Ma Pani/Pan prawo do:", "You have the right to:")
    able = [*ALWAYS]
    if facts.resting_on(Basis.CONSENT, Basis.CONTRACT):
        able.append(PORTABILITY)
    pen.list(pen.pick(*right) for right in able)
    _objection(facts, pen)
    pen.say(
        "Odpowiadamy bezpłatnie, najpóźniej w ciągu miesiąca od otrzymania żądania.",
        "We answer free of charge, within one month of your request at the latest.",
    )


def _objection(facts: Facts, pen: Pen) -> None:
    if any(purpose.is_commercial for purpose in facts.purposes):
        pen.say(
            "**Może Pani/Pan w każdej chwili, bez podawania przyczyny, wnieść sprzeciw wobec "
            "marketingu bezpośredniego (art. 21 ust. 2 RODO).** Po sprzeciwie nie będziemy już "
            "używać danych do marketingu.",
            "**You may object to direct marketing at any time and without giving a reason "
            "(Art. 21(2) GDPR).** After that we no longer use your data for marketing.",
        )
    if facts.resting_on(Basis.LEGITIMATE_INTEREST, Basis.PUBLIC_TASK):
        pen.say(
            "**Wobec przetwarzania opartego na prawnie uzasadnionym interesie lub zadaniu "
            "publicznym może Pani/Pan wnieść sprzeciw z przyczyn związanych z Pani/Pana "
            "szczególną sytuacją (art. 21 ust. 1 RODO).**",
            "**You may object, on grounds relating to your particular situation, to processing "
            "that rests on a legitimate interest or a public task (Art. 21(1) GDPR).**",
        )


def withdrawal(facts: Facts, pen: Pen) -> None:
    if not facts.resting_on(Basis.CONSENT):
        pen.has_nothing_to_say(
            "Żaden z celów nie opiera się na zgodzie.", "No purpose rests on consent."
        )
        return
    pen.say(
        "Zgodę może Pani/Pan cofnąć w każdej chwili, równie łatwo, jak ją wyrazić. Cofnięcie nie "
        "wpływa na zgodność z prawem przetwarzania, którego dokonano przed nim.",
        "You may withdraw consent at any time, as easily as you gave it. Withdrawal does not "
        "affect the lawfulness of processing before it.",
    )


def provision(facts: Facts, pen: Pen) -> None:
    known = [(basis, facts.resting_on(basis)) for basis in PROVISION]
    lines = [_provided(basis, them, pen) for basis, them in known if them]
    others = [purpose for purpose in facts.purposes if Basis(purpose.basis) not in PROVISION]
    lines += [_unknown(purpose, pen) for purpose in others]
    if not lines:
        lines = [pen.lacks("czy podanie danych jest wymagane", "whether data must be provided")]
    pen.list(lines)


def _provided(basis: Basis, purposes: list[Purpose], pen: Pen) -> str:
    names = "; ".join(pen.of(purpose, "name") for purpose in purposes)
    pl, en = PROVISION[basis]
    return pen.pick(
        f"**{names}**: podanie danych {pl}.",
        f"**{names}**: giving your data {en}.",
    )


def _unknown(purpose: Purpose, pen: Pen) -> str:
    missing = pen.lacks(
        f"czy w celu „{purpose.name_pl}” podanie danych jest wymagane",
        f"whether data must be provided for “{purpose.name_en}”",
    )
    return f"**{pen.of(purpose, 'name')}**: {missing}"
