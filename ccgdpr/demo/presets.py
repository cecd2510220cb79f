"""Two formats as an office saves them from the column picker, for files that name no purpose.

Neither is recognised by itself: one file has no header, and the other's columns could be anybody's.
"""

from ccgdpr.demo.making import make
from consents.importing.presets import BUILT_IN, by_slug
from consents.models import MappingPreset

DEWELOPER = "deweloper-osiedle"
EXCEL = "excel-zgody-sms"

# What the numbers at the end of a row mean in this one installation.
IDS = {
    "1": {"purpose": "newsletter", "channel": "email"},
    "2": {"purpose": "newsletter", "channel": "sms"},
    "3": {"purpose": "marketing-own", "channel": "voice"},
}
SHEET = {
    "delimiter": ";",
    "encoding": "cp1250",
    "columns": {
        "Imię": {"field": "first_name"},
        "Nazwisko": {"field": "last_name"},
        "Telefon": {"field": "phone"},
        "E-mail": {"field": "email"},
        "Zgoda SMS": {
            "consent": {"purpose": "newsletter", "channel": "sms"},
            "yes": ["TAK"],
            "no": ["NIE"],
        },
        "Data zgody": {"field": "given_at", "format": "%d.%m.%Y"},
    },
}


def create() -> None:
    plain = by_slug("deweloper", BUILT_IN).mapping
    _preset(
        DEWELOPER,
        "DEWELOPER: zgody 1, 2, 3",
        "DEWELOPER: consents 1, 2, 3",
        {**plain, "columns": {**plain["columns"], "6+": {"consents": IDS}}},
    )
    _preset(EXCEL, "Excel: zgody SMS", "Excel: consents to SMS", SHEET)


def _preset(slug: str, name_pl: str, name_en: str, mapping: dict) -> None:
    make(MappingPreset, {"slug": slug}, name_pl=name_pl, name_en=name_en, mapping=mapping)
