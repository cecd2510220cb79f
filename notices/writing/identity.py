"""Who is responsible, and whom to turn to (Art. 13(1)(a), (b), 13(2)(d); 14 alike)."""

from audit.display import NBSP
from notices.writing.pen import Pen, plain
from notices.writing.registers import Facts
from processors.models import Organisation


def controller(facts: Facts, pen: Pen) -> None:
    org = facts.controller
    seat = plain(org.address) or pen.lacks(
        "adres administratora danych", "the address of the controller"
    )
    pen.say(
        f"Administratorem Pani/Pana danych osobowych jest **{plain(org.name)}**, {seat}.",
        f"The controller of your personal data is **{plain(org.name)}**, {seat}.",
    )
    ways = _ways(org.email, org.phone, pen) or pen.lacks(
        "e-mail lub telefon administratora danych", "an e-mail or phone of the controller"
    )
    pen.say(
        f"Można się z nami skontaktować: {ways}.",
        f"You can reach us: {ways}.",
    )
    _others(facts, pen)


def _others(facts: Facts, pen: Pen) -> None:
    if facts.controller.representative:
        name = plain(facts.controller.representative)
        pen.say(
            f"Naszym przedstawicielem w Unii Europejskiej jest {name}.",
            f"Our representative in the European Union is {name}.",
        )
    joint = dict.fromkeys(plain(a.joint_controllers) for a in facts.activities)
    names = ", ".join(name for name in joint if name)
    if names:
        pen.say(
            f"Współadministratorami danych są: {names}. Na prośbę udostępniamy zasadniczą treść "
            "uzgodnień między nami.",
            f"We are joint controllers with: {names}. On request we make the essence of our "
            "arrangement available.",
        )


def officer(facts: Facts, pen: Pen) -> None:
    org = facts.controller
    ways = _ways(org.dpo_email, org.dpo_phone, pen) or pen.lacks(
        "e-mail lub telefon inspektora ochrony danych",
        "an e-mail or phone of the data protection officer",
    )
    pen.say(
        "We wszystkich sprawach dotyczących Pani/Pana danych i przysługujących praw pomoże "
        f"inspektor ochrony danych{_name(org, pen)}: {ways}.",
        "In all matters of your data and your rights, the data protection officer"
        f"{_name(org, pen)} will help: {ways}.",
    )


def _name(org: Organisation, pen: Pen) -> str:
    if not org.dpo_name:
        return ""
    return pen.pick(f" ({plain(org.dpo_name)})", f", {plain(org.dpo_name)},")


def _ways(email: str, phone: str, pen: Pen) -> str:
    ways = [f"e-mail {plain(email)}"] if email else []
    if phone:
        # A number is not torn at the end of a line.
        number = plain(phone).replace(" ", NBSP)
        ways.append(pen.pick(f"tel.{NBSP}{number}", f"phone {number}"))
    return ", ".join(ways)


def complaint(facts: Facts, pen: Pen) -> None:
    pen.say(
        "Jeżeli uważa Pani/Pan, że przetwarzamy dane niezgodnie z prawem, może Pani/Pan wnieść "
        "skargę do organu nadzorczego. W Polsce jest nim Prezes Urzędu Ochrony Danych Osobowych "
        "(uodo.gov.pl).",
        "If you think that we process your data unlawfully, you may lodge a complaint with a "
        "supervisory authority. In Poland this is the President of the Personal Data Protection "
        "Office (uodo.gov.pl).",
    )
