"""What an empty house knows of agreements and of third countries, created where it is missing.

Create-only by key and through the real models: the rows have history, can be edited in the admin,
and an edited one is never set back.
"""

from datetime import date
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from audit.act import acting
from audit.choices import Way
from audit.models import AuditedModel
from processors.models import AdequacyDecision, ClauseItem

REASON = "starter catalogue"


class Clause(NamedTuple):
    """``required`` are the letters of Art. 28(3); the others stand in good agreements too."""

    slug: str
    article: str
    name_pl: str
    name_en: str
    required: bool = True


class Adequate(NamedTuple):
    slug: str
    country: str
    name_pl: str
    name_en: str
    number: str
    since: date
    certified_only: bool = False
    until: date | None = None


CLAUSES = (
    Clause(
        "28-3-a",
        "28(3)(a)",
        "Przetwarzanie wyłącznie na udokumentowane polecenie, także przy przekazaniu",
        "Processing on documented instructions only, transfers included",
    ),
    Clause(
        "28-3-b",
        "28(3)(b)",
        "Zobowiązanie osób upoważnionych do zachowania tajemnicy",
        "Confidentiality undertaken by authorised people",
    ),
    Clause(
        "28-3-c",
        "28(3)(c)",
        "Środki bezpieczeństwa (art. 32)",
        "Security measures (Art. 32)",
    ),
    Clause(
        "28-3-d",
        "28(3)(d)",
        "Warunki korzystania z dalszych podmiotów przetwarzających",
        "Conditions for engaging sub-processors",
    ),
    Clause(
        "28-3-e",
        "28(3)(e)",
        "Pomoc przy realizacji praw osób",
        "Help with the rights of data subjects",
    ),
    Clause(
        "28-3-f",
        "28(3)(f)",
        "Pomoc w wywiązaniu się z obowiązków z art. 32–36",
        "Help with the duties of Art. 32–36",
    ),
    Clause(
        "28-3-g",
        "28(3)(g)",
        "Usunięcie lub zwrot danych po zakończeniu usług",
        "Deletion or return of data at the end of the services",
    ),
    Clause(
        "28-3-h",
        "28(3)(h)",
        "Wykazanie zgodności, audyty i inspekcje",
        "Information that shows compliance, audits and inspections",
    ),
    Clause(
        "28-3-last",
        "28(3) in fine",
        "Informowanie o poleceniu niezgodnym z prawem",
        "Warning of an unlawful instruction",
        required=False,
    ),
    Clause(
        "28-2",
        "28(2)",
        "Zgoda szczegółowa lub ogólna na podpowierzenie, sprzeciw",
        "Specific or general authorisation of sub-processors, objection",
        required=False,
    ),
    Clause(
        "28-4",
        "28(4)",
        "Te same obowiązki podprocesora, odpowiedzialność procesora",
        "The same duties flow down; the processor answers for them",
        required=False,
    ),
    Clause(
        "28-10",
        "28(10)",
        "Procesor, który sam określa cele, staje się administratorem",
        "A processor that sets purposes becomes a controller",
        required=False,
    ),
    Clause(
        "29",
        "29, 32(4)",
        "Upoważnienia imienne, działanie tylko na polecenie",
        "Personal authorisations, acting on instruction alone",
        required=False,
    ),
    Clause(
        "33-2",
        "33(2)",
        "Zgłaszanie naruszeń administratorowi bez zbędnej zwłoki",
        "Breaches are notified to the controller without undue delay",
        required=False,
    ),
    Clause(
        "30-2",
        "30(2)",
        "Rejestr kategorii czynności przetwarzania prowadzony przez procesora",
        "The processor keeps its record of categories of processing",
        required=False,
    ),
)

# As taken and numbered in the Official Journal; editable. Each applies from the day on which it was
# taken. That of the United Kingdom was prolonged in June and in December 2025 and names its end.
DECISIONS = (
    Adequate("ch", "CH", "Szwajcaria", "Switzerland", "2000/518", date(2000, 7, 26)),
    Adequate(
        "ca", "CA", "Kanada (przedsiębiorcy)", "Canada (commercial)", "2002/2", date(2001, 12, 20)
    ),
    Adequate("ar", "AR", "Argentyna", "Argentina", "2003/490", date(2003, 6, 30)),
    Adequate("gg", "GG", "Guernsey", "Guernsey", "2003/821", date(2003, 11, 21)),
    Adequate("im", "IM", "Wyspa Man", "Isle of Man", "2004/411", date(2004, 4, 28)),
    Adequate("je", "JE", "Jersey", "Jersey", "2008/393", date(2008, 5, 8)),
    Adequate("fo", "FO", "Wyspy Owcze", "Faroe Islands", "2010/146", date(2010, 3, 5)),
    Adequate("ad", "AD", "Andora", "Andorra", "2010/625", date(2010, 10, 19)),
    Adequate("il", "IL", "Izrael", "Israel", "2011/61", date(2011, 1, 31)),
    Adequate("uy", "UY", "Urugwaj", "Uruguay", "2012/484", date(2012, 8, 21)),
    Adequate("nz", "NZ", "Nowa Zelandia", "New Zealand", "2013/65", date(2012, 12, 19)),
    Adequate("jp", "JP", "Japonia", "Japan", "2019/419", date(2019, 1, 23)),
    Adequate(
        "gb",
        "GB",
        "Wielka Brytania",
        "United Kingdom",
        "2021/1772",
        date(2021, 6, 28),
        until=date(2031, 12, 27),
    ),
    # An organisation with a code of its own among those of countries.
    Adequate(
        "epo",
        "EP",
        "Europejska Organizacja Patentowa",
        "European Patent Organisation",
        "2025/1382",
        date(2025, 7, 15),
    ),
    Adequate("kr", "KR", "Korea Południowa", "South Korea", "2022/254", date(2021, 12, 17)),
    Adequate(
        "us-dpf",
        "US",
        "USA: Ramy ochrony danych UE–USA (DPF)",
        "USA: EU–US Data Privacy Framework (DPF)",
        "2023/1795",
        date(2023, 7, 10),
        certified_only=True,
    ),
    Adequate("br", "BR", "Brazylia", "Brazil", "2026/179", date(2026, 1, 26)),
)


@transaction.atomic
def create_missing() -> int:
    """Create the rows whose key is not there; returns how many."""
    clauses = [
        {
            "slug": clause.slug,
            "article": clause.article,
            "name_pl": clause.name_pl,
            "name_en": clause.name_en,
            "position": place,
            "is_required": clause.required,
        }
        for place, clause in enumerate(CLAUSES, start=1)
    ]
    decisions = [decision._asdict() for decision in DECISIONS]
    with acting(way=Way.COMMAND, reason=REASON):
        return _create(ClauseItem, clauses) + _create(AdequacyDecision, decisions)


def _create(model: type[AuditedModel], rows: list[dict[str, Any]]) -> int:
    known = set(model._default_manager.values_list("slug", flat=True))
    missing = [row for row in rows if row["slug"] not in known]
    for values in missing:
        record = model(**values)
        record.full_clean()
        record.save()
    return len(missing)


def create_after_migrate(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """post_migrate of this app; a migration back leaves no table to fill."""
    if using == DEFAULT_DB_ALIAS and _tables_exist():
        create_missing()


def _tables_exist() -> bool:
    names = connection.introspection.table_names()
    return all(model._meta.db_table in names for model in (ClauseItem, AdequacyDecision))
