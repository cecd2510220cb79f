"""What retention runs from in a contact centre: a starter list, created where it is missing.

The phrase stands after "od" and "do", in English after "from" and "until".
"""

from typing import NamedTuple


class Trigger(NamedTuple):
    slug: str
    name_pl: str
    name_en: str
    phrase_pl: str
    phrase_en: str


TRIGGERS = (
    Trigger(
        "call",
        "zakończenie rozmowy",
        "end of the call",
        "zakończenia rozmowy",
        "the end of the call",
    ),
    Trigger(
        "chat",
        "zakończenie czatu",
        "end of the chat",
        "zakończenia czatu",
        "the end of the chat",
    ),
    Trigger(
        "enquiry-closed",
        "zamknięcie sprawy",
        "closing of the case",
        "zamknięcia sprawy",
        "the closing of the case",
    ),
    Trigger(
        "contract-end",
        "zakończenie umowy z osobą",
        "end of the contract with the person",
        "zakończenia umowy z osobą",
        "the end of the contract with the person",
    ),
    Trigger(
        "claim-due",
        "wymagalność roszczenia (art. 118 KC)",
        "claim falling due (art. 118 KC)",
        "dnia, w którym roszczenie stało się wymagalne",
        "the day on which the claim fell due",
    ),
    Trigger(
        "claims-barred",
        "przedawnienie roszczeń (art. 118 KC)",
        "claims becoming time-barred (art. 118 KC)",
        "przedawnienia roszczeń",
        "the day on which claims are time-barred",
    ),
    Trigger(
        "complaint-settled",
        "rozliczenie reklamacji lub upływ gwarancji",
        "settlement of the complaint or end of the warranty",
        "rozliczenia reklamacji lub upływu gwarancji",
        "the settlement of the complaint or the end of the warranty",
    ),
    Trigger(
        "tax-year-end",
        "koniec roku podatkowego lub obrotowego",
        "end of the tax or financial year",
        "końca roku podatkowego lub obrotowego",
        "the end of the tax or financial year",
    ),
    Trigger(
        "consent-withdrawn",
        "wycofanie zgody",
        "withdrawal of consent",
        "wycofania zgody",
        "the withdrawal of consent",
    ),
    Trigger(
        "withdrawal-or-objection",
        "wycofanie zgody lub sprzeciw",
        "withdrawal of consent or objection",
        "wycofania zgody lub wniesienia sprzeciwu",
        "the withdrawal of consent or an objection",
    ),
    Trigger(
        "last-contact",
        "ostatni kontakt z osobą",
        "last contact with the person",
        "ostatniego kontaktu z osobą",
        "the last contact with the person",
    ),
    Trigger(
        "obtained",
        "pozyskanie danych",
        "obtaining of the data",
        "pozyskania danych",
        "the obtaining of the data",
    ),
    Trigger(
        "marketing-end",
        "zakończenie marketingu przez administratora",
        "end of the controller's marketing",
        "zakończenia marketingu przez administratora",
        "the end of the controller's marketing",
    ),
    Trigger(
        "request-answered",
        "odpowiedź na wniosek osoby lub zamknięcie naruszenia",
        "answer to the person's request or closing of the breach",
        "odpowiedzi na wniosek osoby lub zamknięcia naruszenia",
        "the answer to the person's request or the closing of the breach",
    ),
    Trigger(
        "employment-end",
        "koniec roku, w którym ustało zatrudnienie",
        "end of the year in which employment ended",
        "końca roku, w którym ustało zatrudnienie",
        "the end of the year in which employment ended",
    ),
    Trigger(
        "agreement-end",
        "zakończenie umowy powierzenia",
        "end of the processing agreement",
        "zakończenia umowy powierzenia",
        "the end of the processing agreement",
    ),
)
