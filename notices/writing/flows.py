"""Where the data go, by which tools, and for how long (Art. 13(1)(e), (f), 13(2)(a), (f); 14)."""

from collections.abc import Iterator

from django.utils import translation

from notices.writing.pen import Pen, plain
from notices.writing.registers import Facts
from processing.models import ProcessingActivity, RetentionRule
from processors.choices import TransferMechanism
from processors.models import AutomationTool, Transfer
from processors.models.tools import TALKING

# How the record says that there is none.
NONE = {"nie ma", "brak", "nie dotyczy", "nie", "none", "no", "not applicable"}
SAFEGUARDS = {
    TransferMechanism.EEA_ONLY: ("dane pozostają w EOG", "the data stay in the EEA"),
    TransferMechanism.ADEQUACY: (
        "decyzja Komisji Europejskiej stwierdzająca odpowiedni stopień ochrony (art. 45 RODO)",
        "an adequacy decision of the European Commission (Art. 45 GDPR)",
    ),
    TransferMechanism.DPF: (
        "decyzja o ramach ochrony danych UE–USA: odbiorca jest na ich liście (art. 45 RODO)",
        "the EU–US Data Privacy Framework: the recipient is on its list (Art. 45 GDPR)",
    ),
    TransferMechanism.SCC: (
        "standardowe klauzule umowne Komisji Europejskiej (art. 46 ust. 2 lit. c RODO)",
        "standard contractual clauses of the European Commission (Art. 46(2)(c) GDPR)",
    ),
    TransferMechanism.BCR: (
        "wiążące reguły korporacyjne (art. 47 RODO)",
        "binding corporate rules (Art. 47 GDPR)",
    ),
    TransferMechanism.CODE: (
        "zatwierdzony kodeks postępowania lub certyfikacja (art. 46 ust. 2 lit. e i f RODO)",
        "an approved code of conduct or certification (Art. 46(2)(e), (f) GDPR)",
    ),
    TransferMechanism.AD_HOC: (
        "klauzule, na które zezwolił organ nadzorczy (art. 46 ust. 3 RODO)",
        "clauses authorised by the supervisory authority (Art. 46(3) GDPR)",
    ),
    TransferMechanism.DEROGATION: (
        "wyjątek przewidziany w art. 49 RODO",
        "a derogation under Art. 49 GDPR",
    ),
}


def recipients(facts: Facts, pen: Pen) -> None:
    named = [pen.of(recipient, "name") for recipient in facts.recipients]
    helpers = [plain(org.name) for org in facts.processors]
    categories = [pen.of(activity, "recipients") for activity in facts.activities]
    lines = list(dict.fromkeys([*named, *(words for words in categories if words)]))
    if not (lines or helpers):
        pen.paragraphs.append(pen.lacks("odbiorcy danych", "the recipients of the data"))
        return
    if lines:
        pen.say("Dane przekazujemy następującym odbiorcom:", "We disclose data to:")
        pen.list(lines)
    if helpers:
        pen.say(
            "Na nasze zlecenie, na podstawie umów powierzenia, dane przetwarzają:",
            "On our behalf, under processing agreements, data are processed by:",
        )
        pen.list(helpers)


def tools(facts: Facts, pen: Pen) -> None:
    if not facts.tools:
        pen.has_nothing_to_say(
            "Rejestr nie wskazuje narzędzi dla tych czynności.",
            "The register names no tools for these activities.",
        )
        return
    pen.say("Posługujemy się następującymi narzędziami:", "We use these tools:")
    pen.list(_tool(tool, pen) for tool in facts.tools)


def _tool(tool: AutomationTool, pen: Pen) -> str:
    said = [
        pen.asked_of(
            tool,
            "disclosure",
            f"zdanie o narzędziu „{tool.name}” po polsku",
            f"the sentence about the tool “{tool.name}” in English",
        )
    ]
    if tool.kind in TALKING or tool.ai_sentence_pl:
        said.append(_presents_itself(tool, pen))
    if tool.records_calls and (sentence := pen.of(tool, "recording_sentence")):
        said.append(
            pen.pick(
                f"Przed nagraniem mówimy: „{sentence}”", f"Before recording we say: “{sentence}”"
            )
        )
    said.append(pen.of(tool, "emotion_notice"))
    words = " ".join(sentence for sentence in said if sentence)
    return f"**{plain(tool.name)}** ({plain(tool.vendor.name)}): {words}"


def _presents_itself(tool: AutomationTool, pen: Pen) -> str:
    """What a bot says of itself at the first contact, quoted (AI Act, Art. 50(1))."""
    sentence = pen.asked_of(
        tool,
        "ai_sentence",
        f"zdanie o sztucznej inteligencji („{tool.name}”) po polsku",
        f"the sentence about artificial intelligence (“{tool.name}”) in English",
    )
    return pen.pick(
        f"Na początku kontaktu informuje: „{sentence}”",
        f"At the first contact it says: “{sentence}”",
    )


def transfers(facts: Facts, pen: Pen) -> None:
    words = [_by_words(activity, pen) for activity in facts.activities]
    lines = [*(_transfer(transfer, pen) for transfer in facts.transfers), *filter(None, words)]
    if not lines:
        pen.say(
            "Nie przekazujemy danych do państw spoza Europejskiego Obszaru Gospodarczego ani do "
            "organizacji międzynarodowych.",
            "We do not transfer data outside the European Economic Area or to international "
            "organisations.",
        )
        return
    pen.say(
        "Dane przekazujemy poza Europejski Obszar Gospodarczy:",
        "We transfer data outside the European Economic Area:",
    )
    pen.list(lines)
    pen.say(
        "Kopię zabezpieczeń albo informację o miejscu ich udostępnienia można uzyskać od nas lub "
        "od inspektora ochrony danych.",
        "You can obtain a copy of the safeguards, or learn where they are made available, from us "
        "or from the data protection officer.",
    )


def _by_words(activity: ProcessingActivity, pen: Pen) -> str:
    words = pen.of(activity, "transfers")
    if not words or words.strip(" .").lower() in NONE:
        return ""
    return f"{pen.of(activity, 'name')}: {words}"


def _transfer(transfer: Transfer, pen: Pen) -> str:
    where = f"**{plain(transfer.organisation.name)}** ({transfer.country})"
    if not transfer.mechanism:
        missing = pen.lacks(
            f"podstawa przekazania do {transfer.organisation.name} ({transfer.country})",
            f"the basis of the transfer to {transfer.organisation.name} ({transfer.country})",
        )
        return f"{where}: {missing}"
    return f"{where}: {pen.pick(*SAFEGUARDS[TransferMechanism(transfer.mechanism)])}"


def retention(facts: Facts, pen: Pen) -> None:
    pen.say("Dane przechowujemy:", "We keep data:")
    pen.list(line for activity in facts.activities for line in _kept(facts, activity, pen))


def _kept(facts: Facts, activity: ProcessingActivity, pen: Pen) -> Iterator[str]:
    rules = [rule for rule in facts.rules if rule.activity_id == activity.pk]
    if not rules:
        words = pen.asked_of(
            activity,
            "retention",
            f"okres przechowywania (czynność „{activity.name_pl}”)",
            f"the storage period (activity “{activity.name_en}”)",
        )
        yield f"{pen.of(activity, 'name')}: {words}"
    for rule in rules:
        yield _rule(rule, pen)


def _rule(rule: RetentionRule, pen: Pen) -> str:
    what = pen.asked_of(
        rule,
        "what",
        f"nazwa danych w regule retencji czynności „{rule.activity.name_pl}” po polsku",
        f"the data of a retention rule of “{rule.activity.name_en}” in English",
    )
    with translation.override(pen.language):
        words = f"{what}: {plain(rule.how_long)}"
    if rule.legal_hold:
        words += pen.pick(
            "; dłużej, jeżeli wymaga tego ustalenie, dochodzenie lub obrona roszczeń",
            "; longer where legal claims have to be established, exercised or defended",
        )
    return words


def automated(facts: Facts, pen: Pen) -> None:
    deciding = [tool for tool in facts.tools if tool.automated_decisions]
    if not deciding:
        pen.say(
            "Nie podejmujemy decyzji, które opierałyby się wyłącznie na zautomatyzowanym "
            "przetwarzaniu, w tym profilowaniu, i wywoływały wobec Pani/Pana skutki prawne lub w "
            "podobny sposób istotnie na Panią/Pana wpływały.",
            "We take no decision based solely on automated processing, including profiling, that "
            "has legal effects for you or affects you similarly significantly.",
        )
        return
    pen.say(
        "Decyzje podejmują w sposób zautomatyzowany:",
        "Decisions are taken by automated means by:",
    )
    pen.list(_deciding(tool, pen) for tool in deciding)
    pen.say(
        "Ma Pani/Pan prawo zażądać, aby sprawą zajął się człowiek, przedstawić własne stanowisko "
        "i zakwestionować taką decyzję (art. 22 ust. 3 RODO).",
        "You have the right to ask for a human, to express your point of view and to contest the "
        "decision (Art. 22(3) GDPR).",
    )


def _deciding(tool: AutomationTool, pen: Pen) -> str:
    logic = pen.asked_of(
        tool,
        "disclosure",
        f"zasady i skutki decyzji narzędzia „{tool.name}”",
        f"the logic and effects of the decisions of “{tool.name}”",
    )
    return f"**{plain(tool.name)}**: {logic}"
