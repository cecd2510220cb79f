"""The texts of consent of the demo: one for each purpose × channel, in the words of their time."""

from processing.choices import Channel, Regime

CENTRE = "Centrum Kontaktu Przykład sp. z o.o."
SHOP = "Sklep Wzorzec sp. z o.o."

# What people are sent, after "otrzymywanie …" and "receive …".
WHAT = {
    "marketing-own": {
        "pl": "ofert i promocji dotyczących produktów i usług tej spółki",
        "en": "offers and promotions of this company's products and services",
    },
    "newsletter": {
        "pl": "newslettera tej spółki z nowościami i promocjami",
        "en": "this company's newsletter with news and promotions",
    },
    "satisfaction-survey": {
        "pl": "zaproszeń do badań opinii o produktach i usługach tej spółki",
        "en": "invitations to surveys about this company's products and services",
    },
    "lead-offers": {"pl": "ofert dla uczestników konkursów tej spółki"},
    "prospecting": {"pl": "ofert handlowych"},
    "wzorzec-loyalty": {"pl": "ofert programu lojalnościowego tego sklepu"},
}
BY = {
    Channel.EMAIL: {
        "pl": "pocztą elektroniczną na podany adres",
        "en": "by e-mail to the address given",
    },
    Channel.SMS: {"pl": "SMS-em na podany numer", "en": "by SMS to the number given"},
    Channel.VOICE: {
        "pl": "w rozmowie z konsultantem pod podanym numerem",
        "en": "in a call by an agent to the number given",
    },
    Channel.AUTOMATED_CALL: {
        "pl": "w połączeniu z automatem lub voicebotem pod podanym numerem",
        "en": "in an automated or voicebot call to the number given",
    },
}
SHORT = {
    Channel.EMAIL: "e-mail",
    Channel.SMS: "SMS",
    Channel.VOICE: "telefon",
    Channel.AUTOMATED_CALL: "automat",
}

USUDE = (
    "Wyrażam zgodę na otrzymywanie od {who} {what} {by} zgodnie z art. 10 ustawy o świadczeniu "
    "usług drogą elektroniczną. Zgodę mogę wycofać w każdej chwili; nie wpływa to na zgodność z "
    "prawem wcześniejszych działań."
)
PT = (
    "Wyrażam zgodę na używanie przez {who} telekomunikacyjnych urządzeń końcowych i automatycznych "
    "systemów wywołujących w celu przekazywania mi {what}, {by} (art. 172 Prawa "
    "telekomunikacyjnego). Zgodę mogę wycofać w każdej chwili; nie wpływa to na zgodność z prawem "
    "wcześniejszych działań."
)
PKE = {
    "pl": (
        "Chcę otrzymywać od {who} {what} {by}. Zgoda jest dobrowolna i dotyczy tylko tego kanału. "
        "Mogę ją wycofać w każdej chwili: linkiem w wiadomości, na stronie zgód albo mówiąc o tym "
        "konsultantowi. Wycofanie nie wpływa na zgodność z prawem wcześniejszych działań."
    ),
    "en": (
        "I want to receive from {who} {what} {by}. This consent is voluntary and covers this "
        "channel alone. I can withdraw it at any time: by the link in a message, on the consents "
        "page, or by telling an agent. Withdrawal does not affect the lawfulness of what was "
        "done before."
    ),
}
SCRIPT = (
    "Czy zgadza się Pani/Pan na otrzymywanie od {who} {what} {by}? Zgoda jest dobrowolna, dotyczy "
    "tylko tego kanału i można ją wycofać w każdej chwili, na przykład mówiąc to konsultantowi."
)
BUNDLED = (
    "Zgadza się Pani/Pan na kontakt marketingowy ze strony {who} e-mailem, SMS-em i telefonicznie?"
)
VENDOR = "Zgadzam się na kontakt marketingowy Lead-Baza sp. z o.o. i jej zaufanych partnerów."
VENDOR_NAMING = (
    "Zgadzam się, aby {who} przesyłało mi {what} {by}. Zgodę mogę wycofać w każdej chwili u tej "
    "spółki lub w Lead-Baza sp. z o.o.; nie wpływa to na zgodność z prawem wcześniejszych działań."
)
PARTNER = (
    "Chcę, aby wybrany partner porównywarki, {who}, przedstawił mi oferty {by}. Zgodę mogę wycofać "
    "w każdej chwili; nie wpływa to na zgodność z prawem wcześniejszych działań."
)

OLD = {
    Channel.EMAIL: (USUDE, Regime.USUDE10),
    Channel.SMS: (USUDE, Regime.USUDE10),
    Channel.VOICE: (PT, Regime.PT172),
    Channel.AUTOMATED_CALL: (PT, Regime.PT172),
}


def worded(template: str, purpose: str, channel: str, language: str = "pl") -> str:
    """The text of ``template`` for a purpose × channel, as people were shown it."""
    who = SHOP if purpose.startswith("wzorzec-") else CENTRE
    return template.format(who=who, what=WHAT[purpose][language], by=BY[channel][language])
