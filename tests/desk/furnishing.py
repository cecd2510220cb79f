"""How a house is furnished, room by room, until everything about it is in order."""

from django.utils import timezone

from tests.desk.desk import Desk
from tests.processors.pdfs import pdf

ACTIVITY = "1. Obsługa klientów"
NOTICE = "Klauzula dla klientów"
UNSIGNED = "Brak podpisanego dokumentu"
UNSAID = "Żadna obowiązująca klauzula informacyjna nie mówi o tym celu"


def record_the_house(dpo: Desk) -> None:
    """Organisation → activity → purposes → wording."""
    dpo.add(
        "processors/organisation",
        name="Centrum Kontaktu",
        is_own=True,
        address="ul. Prosta 1, Kraków",
        email="biuro@centrum.example",
        dpo_name="Anna Nowak",
        dpo_email="iod@centrum.example",
    )
    dpo.add(
        "processing/processingactivity",
        number=1,
        name_pl="Obsługa klientów",
        name_en="Customer care",
        controller="Centrum Kontaktu",
        subjects_pl="klienci",
        subjects_en="customers",
        data_pl="numer telefonu, głos",
        data_en="phone number, voice",
        retention_pl="rok od rozmowy",
        retention_en="a year from the call",
    )
    add_purpose(dpo, "Oferty", "Offers", basis="6-1-a", campaign="offer", nature="commercial")
    add_purpose(dpo, "Jakość", "Quality", basis="6-1-f", campaign="matter", nature="service")
    dpo.add(
        "consents/consentwording",
        purpose="Oferty",
        channel="automated_call",
        language="pl",
        version=1,
        title="Automat",
        text="Zgadzam się na oferty Centrum Kontaktu przekazywane przez automat. Zgodę wycofam.",
        regime="pke398",
    )


def add_purpose(dpo: Desk, name_pl: str, name_en: str, **facts: str) -> None:
    names = {"name_pl": name_pl, "name_en": name_en}
    dpo.add("processing/purpose", activity=ACTIVITY, **names, **facts)


def entrust_the_data(dpo: Desk) -> None:
    """Processor → agreement → tool."""
    day = timezone.localdate()
    checked = {"diligence": "sufficient", "diligence_on": day}
    dpo.add("processors/organisation", name="Systemy Demo", **checked)
    dpo.open("processors/processingagreement/add/")
    dpo.fill(processor="Systemy Demo")
    sign(dpo, "UP/1")
    dpo.add(
        "processors/automationtool",
        name="CRM Demo",
        kind="crm",
        vendor="Systemy Demo",
        disclosure_pl="Dane zapisujemy w systemie obsługi klientów.",
        disclosure_en="We keep the data in a customer relations system.",
    )
    dpo.add("processing/activitytool", activity=ACTIVITY, tool="CRM Demo")
    dpo.add("processing/activityprocessor", activity=ACTIVITY, organisation="Systemy Demo")


def sign(dpo: Desk, reference: str) -> None:
    """Complete the open agreement with all its clauses, in force today, and attach its PDF."""
    day = timezone.localdate()
    dpo.fill(reference=reference, controller="Centrum Kontaktu", form="written")
    dpo.fill(signed_on=day, in_force_from=day, breach_notice_hours=24)
    dpo.fill_the_rest("textarea", "Zgodnie z § 1 umowy.")
    dpo.fill_the_rest("[name$=found_at]", "§ 2")
    dpo.save()
    dpo.finds("processors/processingagreement", reference)
    dpo.sees_finding(UNSIGNED)
    scan = {"name": "umowa.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    dpo.does("Dołącz podpisany dokument", file=scan)
    dpo.sees_no_more(UNSIGNED)


def weigh_the_interest(dpo: Desk, approver: Desk) -> None:
    """Balance test: in steps, with the DPO's opinion, approved by somebody else."""
    dpo.open("findings/")
    dpo.mends("a nie ma obowiązującego, zatwierdzonego testu równowagi", about="Jakość")
    dpo.save()
    dpo.fill(**{"test-beneficiary": "controller"})
    for _ in ("purpose", "necessity", "nature"):
        answer_the_step(dpo)
    dpo.fill(**{"test-relationship": "customer"})
    answer_the_step(dpo)
    dpo.fill(
        **{
            "new-0-description": "Rozmowę odsłucha osoba niepowołana",
            "new-0-likelihood": 2,
            "new-0-severity": 2,
        }
    )
    answer_the_step(dpo)
    for scale in dpo.page.locator("select[name$=_after]").all():
        scale.select_option("1")
    answer_the_step(dpo)
    dpo.fill(**{"test-outcome": "rely"})
    answer_the_step(dpo)
    dpo.does("Przekaż do oceny")
    dpo.does("Wydaj opinię", position="favourable", opinion="Bez zastrzeżeń.")
    approver.open(dpo.page.url)
    approver.does("Zatwierdź test")
    approver.sees("Obowiązuje")


def answer_the_step(dpo: Desk) -> None:
    """Fill in whatever the step of the guided form still asks, and go on."""
    dpo.fill_the_rest("textarea", "Zgodnie z opisem czynności.")
    for no in dpo.page.locator("#content input[type=radio][value=False]:visible").all():
        no.check()
    dpo.sends(dpo.page.locator("#content form [type=submit]").first)


def tell_people(dpo: Desk, approver: Desk) -> None:
    """Notice: the finding leads first to a new one, and then to its draft."""
    dpo.open("findings/")
    dpo.mends(UNSAID, about="Oferty")
    dpo.fill(name_pl=NOTICE, name_en="Notice for customers", article="13")
    dpo.fill(audience_pl="klienci", audience_en="customers")
    dpo.save()
    dpo.open("findings/")
    dpo.mends(UNSAID, about="Oferty")
    publish_a_version(dpo, approver)
    dpo.open("findings/")
    dpo.sees_no_more(UNSAID)


def publish_a_version(dpo: Desk, approver: Desk) -> None:
    """Drafted from the registers, completed by hand, approved by somebody else, published."""
    dpo.sees_title("Przygotuj wersję z rejestrów")
    for purpose in dpo.page.locator("[name=purposes]").all():
        purpose.check()
    dpo.confirm()
    address = dpo.page.url
    for coverage in dpo.page.locator("select[name$=coverage]").all():
        if coverage.input_value() == "missing":
            coverage.select_option("not_applicable")
            name = str(coverage.get_attribute("name")).replace("coverage", "reason")
            dpo.fill(**{name: "Nie dotyczy tej czynności."})
    dpo.save()
    steps = ((dpo, "Przekaż do zatwierdzenia"), (approver, "Zatwierdź"), (dpo, "Opublikuj"))
    for desk, verb in steps:
        desk.open(address)
        desk.does(verb)
    dpo.is_told("Wersja jest publiczna")
