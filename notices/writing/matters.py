"""What is processed, why, on what basis and where it comes from (Art. 13(1)(c), (d); 14)."""

from django.utils.text import capfirst

from notices.writing.pen import Pen, plain
from notices.writing.registers import Facts
from processing.choices import Basis, SpecialCondition
from processing.models import ProcessingActivity, Purpose

BASES = {
    Basis.CONSENT: (
        "Pani/Pana zgoda (art. 6 ust. 1 lit. a RODO)",
        "your consent (Art. 6(1)(a) GDPR)",
    ),
    Basis.CONTRACT: (
        "zawarcie i wykonanie umowy z Panią/Panem (art. 6 ust. 1 lit. b RODO)",
        "a contract with you, or steps that you ask for before it (Art. 6(1)(b) GDPR)",
    ),
    Basis.LEGAL_OBLIGATION: (
        "obowiązek, który nakłada na nas prawo (art. 6 ust. 1 lit. c RODO)",
        "an obligation that the law lays on us (Art. 6(1)(c) GDPR)",
    ),
    Basis.VITAL_INTERESTS: (
        "ochrona żywotnych interesów Pani/Pana lub innej osoby (art. 6 ust. 1 lit. d RODO)",
        "the protection of your vital interests or another person's (Art. 6(1)(d) GDPR)",
    ),
    Basis.PUBLIC_TASK: (
        "zadanie realizowane w interesie publicznym (art. 6 ust. 1 lit. e RODO)",
        "a task carried out in the public interest (Art. 6(1)(e) GDPR)",
    ),
    Basis.LEGITIMATE_INTEREST: (
        "prawnie uzasadniony interes (art. 6 ust. 1 lit. f RODO)",
        "a legitimate interest (Art. 6(1)(f) GDPR)",
    ),
}


def purposes(facts: Facts, pen: Pen) -> None:
    if not facts.purposes:
        pen.paragraphs.append(
            pen.lacks("cele i podstawy prawne przetwarzania", "purposes and legal bases")
        )
        return
    pen.say("Przetwarzamy dane w następujących celach:", "We process data for these purposes:")
    pen.list(_purpose(purpose, pen) for purpose in facts.purposes)


def _purpose(purpose: Purpose, pen: Pen) -> str:
    name = pen.asked_of(
        purpose,
        "name",
        f"nazwa celu „{purpose.slug}” po polsku",
        f"the name of the purpose “{purpose.slug}” in English",
    )
    words = f"**{name}**"
    if about := pen.of(purpose, "description"):
        words += f" – {about}"
    basis = pen.pick(*BASES[Basis(purpose.basis)])
    law = f": {plain(purpose.basis_law)}" if purpose.basis_law else ""
    label = pen.pick("Podstawa prawna", "Legal basis")
    return f"{_ended(words)} {label}: {basis}{law}{_special(purpose, pen)}."


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _special(purpose: Purpose, pen: Pen) -> str:
    if not purpose.special_condition:
        return ""
    letter = SpecialCondition(purpose.special_condition).value[-1]
    return pen.pick(
        f", a dla szczególnych kategorii danych: art. 9 ust. 2 lit. {letter} RODO",
        f", and for special categories of data: Art. 9(2)({letter}) GDPR",
    )


def interests(facts: Facts, pen: Pen) -> None:
    resting = facts.resting_on(Basis.LEGITIMATE_INTEREST)
    if not resting:
        pen.has_nothing_to_say(
            "Żaden z celów nie opiera się na art. 6 ust. 1 lit. f RODO.",
            "No purpose rests on Art. 6(1)(f) GDPR.",
        )
        return
    pen.say(
        "Nasze prawnie uzasadnione interesy to:",
        "The legitimate interests that we pursue are:",
    )
    pen.list(f"{pen.of(p, 'name')}: {_interest(facts, p, pen)}" for p in resting)
    if all(purpose.pk in facts.tests for purpose in resting):
        _weighed(pen)


def _weighed(pen: Pen) -> None:
    pen.say(
        "Każdy z nich zestawiliśmy z Pani/Pana interesami, prawami i wolnościami. Na prośbę "
        "przedstawiamy wynik tej oceny.",
        "We have weighed each of them against your interests, rights and freedoms. On request "
        "we show the outcome.",
    )


def _interest(facts: Facts, purpose: Purpose, pen: Pen) -> str:
    test = facts.tests.get(purpose.pk)
    if test is None:
        return pen.lacks(
            f"prawnie uzasadniony interes: cel „{purpose.name_pl}” nie ma aktualnego testu "
            "równowagi",
            f"the legitimate interest: “{purpose.name_en}” has no current balance test",
        )
    return pen.asked_of(
        test,
        "interest",
        f"prawnie uzasadniony interes w celu „{purpose.name_pl}” po polsku",
        f"the legitimate interest in “{purpose.name_en}” in English",
    )


def data(facts: Facts, pen: Pen) -> None:
    pen.say(
        "Przetwarzamy następujące kategorie danych:",
        "We process these categories of data:",
    )
    pen.list(_by_activity(facts, pen, "data", "kategorie danych", "the categories of data"))


def source(facts: Facts, pen: Pen) -> None:
    pen.say("Dane pochodzą z następujących źródeł:", "The data come from these sources:")
    pen.list(_by_activity(facts, pen, "source", "źródło danych", "the source of the data"))


def _by_activity(facts: Facts, pen: Pen, field: str, pl: str, en: str) -> list[str]:
    """One line for each activity; the same words are said once."""
    lines: dict[str, list[str]] = {}
    for activity in facts.activities:
        words = pen.asked_of(activity, field, *_of(activity, pl, en))
        lines.setdefault(words, []).append(pen.of(activity, "name"))
    if len(lines) == 1:
        return [capfirst(words) for words in lines]
    return [f"{'; '.join(names)}: {words}" for words, names in lines.items()]


def _of(activity: ProcessingActivity, pl: str, en: str) -> tuple[str, str]:
    return f"{pl} (czynność „{activity.name_pl}”)", f"{en} (activity “{activity.name_en}”)"
