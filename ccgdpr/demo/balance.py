"""Five balance tests, one in every state, each brought there by its verbs."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit.act import acting
from ccgdpr.demo.making import content, days_ago
from legitimate_interest import services
from legitimate_interest.choices import AnswerKind
from legitimate_interest.models import BalanceImpact, BalanceTest
from processing.models import Purpose

YES = "+"


def create(team: dict[str, User]) -> None:
    """Purposes that have a test are left as they are: a second run changes nothing."""
    written = {each["purpose"]: each for each in content("balance")["test"]}
    for slug, bring in _STATES.items():
        purpose = Purpose.objects.get(slug=slug)
        if not purpose.balance_tests.exists():
            bring(purpose, written[slug], team)


def _superseded_and_in_force(purpose: Purpose, texts: dict[str, Any], team: Any) -> None:
    """The second version halved the period and checks the voluntary list."""
    first = _write(purpose, {**texts, "answers": _earlier(texts)}, team, days=320)
    first.data_sources = first.data_sources.replace("24 miesiącach", "48 miesiącach")
    _save(first)
    _submit_and_advise(first, team, days=310, opinion=SHORTEN, position="reserved")
    _approve(first, team, days=300, months=11)
    second = services.copy(first, by=team[Role.DPO], at=days_ago(70))
    second.data_sources = texts["data_sources"]
    _save(second)
    _answer(second, {key: texts["answers"][key] for key in texts["before"]})
    _submit_and_advise(second, team, days=60, opinion=SHORTENED)
    _approve(second, team, days=52, months=11)


def _earlier(texts: dict[str, Any]) -> dict[str, str]:
    return texts["answers"] | texts["before"]


def _submitted(purpose: Purpose, texts: dict[str, Any], team: Any) -> None:
    test = _write(purpose, texts, team, days=25)
    services.submit(test, at=days_ago(17))
    _advise(test, team, days=12, opinion=AGENTS, position="reserved")


def _expired(purpose: Purpose, texts: dict[str, Any], team: Any) -> None:
    test = _write(purpose, texts, team, days=400)
    _submit_and_advise(test, team, days=390, opinion=RECORDING)
    _approve(test, team, days=380, months=12)


def _rejected(purpose: Purpose, texts: dict[str, Any], team: Any) -> None:
    test = _write(purpose, texts, team, days=48)
    _submit_and_advise(test, team, days=45, opinion=BROKER, position="adverse")
    with acting(by=team[Role.APPROVER]):
        test.reject(by=team[Role.APPROVER], reason=REFUSED, at=days_ago(38))


def _draft(purpose: Purpose, texts: dict[str, Any], team: Any) -> None:
    _write(purpose, texts, team, days=6)


_STATES = {
    "marketing-post": _superseded_and_in_force,
    "call-quality": _submitted,
    "call-recording": _expired,
    "prospecting-post": _rejected,
    "service-survey": _draft,
}


def _write(purpose: Purpose, texts: dict[str, Any], team: Any, *, days: int) -> BalanceTest:
    """A draft by the DPO, begun ``days`` ago, with the texts of the demo."""
    with acting(by=team[Role.DPO]):
        test = services.start(purpose=purpose, by=team[Role.DPO], at=days_ago(days))
        for name in services.COPIED:
            if name in texts:
                setattr(test, name, texts[name])
        _save(test)
        _answer(test, texts["answers"])
        for impact in texts["impacts"]:
            _save(BalanceImpact(test=test, **impact))
    return test


def _answer(test: BalanceTest, texts: dict[str, str]) -> None:
    for answer in test.answers.in_order():
        if text := texts.get(answer.question.slug):
            if answer.question.kind == AnswerKind.YES_NO:
                answer.flag, text = text[0] == YES, text[1:].strip()
            answer.text = text
            _save(answer)


def _save(record: Any) -> None:
    record.full_clean()
    record.save()


def _submit_and_advise(
    test: BalanceTest, team: Any, *, days: int, opinion: str, position: str = "favourable"
) -> None:
    with acting(by=team[Role.DPO]):
        services.submit(test, at=days_ago(days))
    _advise(test, team, days=days - 4, opinion=opinion, position=position)


def _advise(test: BalanceTest, team: Any, *, days: int, opinion: str, position: str) -> None:
    dpo = team[Role.DPO]
    with acting(by=dpo):
        test.advise(by=dpo, position=position, opinion=opinion, at=days_ago(days))


def _approve(test: BalanceTest, team: Any, *, days: int, months: int) -> None:
    at = days_ago(days)
    review = timezone.localdate(at) + timedelta(days=30 * months)
    with acting(by=team[Role.APPROVER]):
        services.approve(test, by=team[Role.APPROVER], review_on=review, at=at)


SHORTEN = (
    "Test jest rzetelny. Okres 48 miesięcy od ostatniego zakupu jest za długi: po dwóch latach bez "
    "kontaktu klient nie spodziewa się listu. Proszę o skrócenie go przy najbliższej wersji."
)
SHORTENED = (
    "Uwaga z poprzedniej wersji została uwzględniona: okres skrócono do 24 miesięcy, a lista jest "
    "sprawdzana w dniu druku. Nie mam zastrzeżeń."
)
AGENTS = (
    "Wobec klientów bez zastrzeżeń. Wobec konsultantów proszę wpisać do regulaminu pracy zasadę "
    "pięciu rozmów i tryb odniesienia się do oceny, zanim test zostanie zatwierdzony."
)
RECORDING = "The safeguards are in place and were tried out with the vendor. No reservations."
BROKER = (
    "Osoby te nie spodziewają się listu: nie znają administratora danych, a zgoda z konkursu nie "
    "wskazuje odbiorców. Baza obejmuje osoby starsze, a zabezpieczeń przed skutkiem nr 2 nie ma. "
    "Wynik testu nie wynika z odpowiedzi."
)
REFUSED = (
    "Odpowiedzi przemawiają przeciw interesowi: brak relacji, brak wiedzy osób o sprzedaży danych, "
    "wysoki wpływ na osoby starsze bez zabezpieczeń. Do czasu nowego testu nie wysyłamy listów do "
    "osób z zakupionej bazy."
)
