"""A day's work on top of the demo: the trail shows people at work and not only a command."""

from typing import Any

from accounts.choices import Role
from accounts.models import User
from audit.act import acting
from audit.choices import Way
from audit.models import AuditedModel
from consents import services
from consents.choices import ConsentState, Method
from consents.models import Consent, LeadSource
from processing.choices import Channel
from processing.models import ProcessingActivity, Purpose
from processors.models import Organisation
from screening.models import Handover
from screening.question import ask
from screening.verdict import tally


def do(team: dict[str, User]) -> None:
    with acting(by=team[Role.DPO], way=Way.ADMIN):
        _edits()
    with acting(by=team[Role.APPROVER], way=Way.ADMIN):
        _approval(team[Role.APPROVER])
    with acting(by=team[Role.SUPERVISOR], way=Way.ADMIN, reason="Proszę mnie skreślić z listy"):
        _withdrawal()
    _question(team)


def _edits() -> None:
    _edit(
        ProcessingActivity.objects.get(number=6),
        "Zmiana dostawcy platformy mailingowej",
        recipients_pl="Mailing Próbny sp. z o.o. (platforma mailingowa)",
        recipients_en="Mailing Próbny sp. z o.o. (mailing platform)",
    )
    _edit(
        ProcessingActivity.objects.get(number=10),
        "Przegląd okresów przechowywania",
        retention_pl="zapis rozmowy: 3 miesiące; dane techniczne: 3 miesiące",
        retention_en="transcript: 3 months; technical data: 3 months",
    )
    _edit(
        Organisation.objects.get(slug="porownywarka-wzor"),
        "Sprostowanie danych kontaktowych",
        dpo_phone="+48 58 100 00 05",
    )
    _edit(
        LeadSource.objects.get(slug="purchased-2025"),
        "Dostawca nie przedstawił dowodów zgód",
        contract="LB/2025/093 (reklamacja z 2025-10-07)",
    )


def _edit(record: AuditedModel, reason: str, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    record.full_clean()
    with acting(reason=reason):
        record.save(update_fields=list(values))


def _approval(approver: User) -> None:
    Purpose.objects.get(slug="service-survey").approve_as_service(
        by=approver,
        reason="Jedno pytanie o załatwioną sprawę, bez nazwy produktu i bez treści promocyjnych.",
        opinion="Bez zastrzeżeń, o ile pytanie nie zachęca do zakupu. Marta Zielińska, IOD.",
    )


def _withdrawal() -> None:
    """One of those who agreed on the phone says no to the next call."""
    consent = Consent.objects.filter(
        purpose__slug="marketing-own",
        channel=Channel.VOICE,
        state=ConsentState.GIVEN,
        event__source__slug="phone",
    ).earliest("since")
    services.withdraw(
        consent.contact_point,
        consent.purpose,
        consent.channel,
        source=LeadSource.objects.get(slug="phone"),
        method=Method.CALL,
        evidence="Proszę mnie skreślić z listy, nie chcę telefonów z ofertami.",
    )


def _question(team: dict[str, User]) -> None:
    """A supervisor wonders about two numbers; the officer has answered one of them."""
    with acting(by=team[Role.SUPERVISOR], way=Way.ADMIN):
        answered = _handed("unconfirmed", "Skąd tyle niepotwierdzonych po konkursie?")
        _handed("wording_defective", "Czy ta kampania ruszy w tym tygodniu? Co mam poprawić?")
    with acting(by=team[Role.DPO], way=Way.ADMIN):
        answered.answer(
            "Formularz konkursu prosi o potwierdzenie e-mailem. Kto nie kliknie odnośnika, "
            "tego nie wolno wpisać na listę. Przypomnienia wychodzą w piątek."
        )


def _handed(code: str, note: str) -> Handover:
    purpose = Purpose.objects.get(slug="marketing-own")
    count = tally(ask(purpose, Channel.EMAIL)).get(code, 0)
    handover = Handover(purpose=purpose, channel=Channel.EMAIL, code=code, count=count, note=note)
    handover.full_clean()
    handover.save()
    return handover
