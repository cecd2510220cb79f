"""What Art. 13 and 14 ask a notice to say, as starter rows: edited by people from then on."""

from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from audit.act import acting
from audit.choices import Way
from notices.choices import Article, Topic
from notices.models import NoticeElement

REASON = "starter catalogue"


@dataclass(frozen=True)
class Asked:
    """One element; its letters are its own under each article, empty where not asked."""

    topic: Topic
    name_pl: str
    name_en: str
    under_13: str = ""
    under_14: str = ""

    def rows(self, position: int) -> list[dict[str, Any]]:
        """The values of its rows, one under each article that asks for it."""
        letters = {Article.ART13: self.under_13, Article.ART14: self.under_14}
        return [
            {
                "slug": f"{article}-{self.topic}",
                "article": article,
                "topic": self.topic,
                "provision_pl": _provision_pl(article, letter),
                "provision_en": _provision_en(article, letter),
                "name_pl": self.name_pl,
                "name_en": self.name_en,
                "position": position,
            }
            for article, letter in letters.items()
            if letter
        ]


# "1a" is paragraph 1, letter a.
ELEMENTS = (
    Asked(
        Topic.CONTROLLER,
        "Kto jest administratorem Pani/Pana danych",
        "Who is responsible for your data",
        "1a",
        "1a",
    ),
    Asked(
        Topic.DPO,
        "Inspektor ochrony danych",
        "Data protection officer",
        "1b",
        "1b",
    ),
    Asked(
        Topic.PURPOSES,
        "Cele i podstawy prawne przetwarzania",
        "Purposes and legal bases",
        "1c",
        "1c",
    ),
    Asked(
        Topic.INTERESTS,
        "Nasze prawnie uzasadnione interesy",
        "Our legitimate interests",
        "1d",
        "2b",
    ),
    Asked(Topic.DATA, "Kategorie danych", "Categories of data", "", "1d"),
    Asked(Topic.SOURCE, "Źródło danych", "Source of the data", "", "2f"),
    Asked(Topic.RECIPIENTS, "Odbiorcy danych", "Recipients", "1e", "1e"),
    Asked(
        Topic.TOOLS,
        "Narzędzia i sztuczna inteligencja",
        "Tools and artificial intelligence",
        "tools",
        "tools",
    ),
    Asked(
        Topic.TRANSFERS,
        "Przekazywanie danych poza Europejski Obszar Gospodarczy",
        "Transfers outside the European Economic Area",
        "1f",
        "1f",
    ),
    Asked(Topic.RETENTION, "Jak długo przechowujemy dane", "How long we keep data", "2a", "2a"),
    Asked(Topic.RIGHTS, "Pani/Pana prawa", "Your rights", "2b", "2c"),
    Asked(Topic.WITHDRAWAL, "Cofnięcie zgody", "Withdrawal of consent", "2c", "2d"),
    Asked(
        Topic.COMPLAINT,
        "Skarga do Prezesa UODO",
        "Complaint to the President of UODO",
        "2d",
        "2e",
    ),
    Asked(
        Topic.PROVISION,
        "Czy trzeba podać dane",
        "Whether you have to give data",
        "2e",
        "",
    ),
    Asked(
        Topic.AUTOMATED,
        "Zautomatyzowane decyzje i profilowanie",
        "Automated decisions and profiling",
        "2f",
        "2g",
    ),
)


def _provision_pl(article: str, letter: str) -> str:
    if letter == "tools":
        return "art. 12 ust. 1 RODO; art. 50 aktu w sprawie sztucznej inteligencji"
    return f"art. {article} ust. {letter[0]} lit. {letter[1]} RODO"


def _provision_en(article: str, letter: str) -> str:
    if letter == "tools":
        return "Art. 12(1) GDPR; Art. 50 AI Act"
    return f"Art. {article}({letter[0]})({letter[1]}) GDPR"


@transaction.atomic
def create_missing() -> int:
    """Create the elements whose key is not in the register; returns how many."""
    rows = [row for place, asked in enumerate(ELEMENTS, 1) for row in asked.rows(place * 10)]
    known = set(NoticeElement.objects.values_list("slug", flat=True))
    missing = [row for row in rows if row["slug"] not in known]
    with acting(way=Way.COMMAND, reason=REASON):
        for values in missing:
            element = NoticeElement(**values)
            element.full_clean()
            element.save()
    return len(missing)


def create_after_migrate(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """post_migrate of this app; a migration back to nothing leaves no table to fill."""
    if using == DEFAULT_DB_ALIAS and _table_exists():
        create_missing()


def _table_exists() -> bool:
    return NoticeElement._meta.db_table in connection.introspection.table_names()
