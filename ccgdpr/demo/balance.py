"""The balance tests: one in every state, and those of a house that weighs what it rests on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit.act import acting, new_batch
from ccgdpr.demo.making import by_hand, days_ago, texts_in
from legitimate_interest import services
from legitimate_interest.choices import AnswerKind
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceTest
from processing.models import Purpose

YES = "+"
Team = dict[str, User]
Texts = dict[str, Any]


def create(team: Team) -> None:
    """Purposes that have a test are left as they are: a second run changes nothing."""
    for texts in texts_in("balance"):
        purpose = Purpose.objects.get(slug=texts["purpose"])
        if not purpose.balance_tests.exists():
            bring = _STATES.get(purpose.slug, _in_force)
            bring(purpose, texts, team)


def _in_force(purpose: Purpose, texts: Texts, team: Team) -> None:
    """Written so many days ago, advised on within a fortnight, approved a week later."""
    days = texts["written"]
    test = _write(purpose, texts, team, days=days)
    position = texts.get("position", "favourable")
    _submit_and_advise(test, team, days=days - 10, opinion=texts["opinion"], position=position)
    _approve(test, team, days=days - 22, months=11)


def _superseded_and_in_force(purpose: Purpose, texts: Texts, team: Team) -> None:
    """The second version halved the period and checks the voluntary list."""
    first = _write(purpose, _earlier(texts), team, days=320)
    with by_hand(team[Role.DPO], "Okres przechowywania z polityki marketingowej"):
        first.data_sources = first.data_sources.replace("24 miesiącach", "48 miesiącach")
        _save(first)
    _submit_and_advise(first, team, days=310, opinion=SHORTEN, position="reserved")
    _approve(first, team, days=300, months=11)
    second = _next_version(first, texts, team, days=70)
    _submit_and_advise(second, team, days=60, opinion=SHORTENED)
    _approve(second, team, days=52, months=11)


def _in_force_and_submitted(purpose: Purpose, texts: Texts, team: Team) -> None:
    """The first version holds while the second, with a smaller sample, waits for the approver."""
    first = _write(purpose, _earlier(texts), team, days=262)
    _submit_and_advise(first, team, days=255, opinion=SAMPLE)
    _approve(first, team, days=246, months=11)
    second = _next_version(first, texts, team, days=25)
    _submit_and_advise(second, team, days=17, opinion=AGENTS, position="reserved")


def _earlier(texts: Texts) -> Texts:
    return {**texts, "answers": texts["answers"] | texts["before"]}


def _next_version(first: BalanceTest, texts: Texts, team: Team, *, days: int) -> BalanceTest:
    with by_hand(team[Role.DPO], "Nowa wersja po przeglądzie"), acting(batch=new_batch()):
        second = services.copy(first, by=team[Role.DPO], at=days_ago(days))
        if second.data_sources != texts["data_sources"]:
            second.data_sources = texts["data_sources"]
            _save(second)
        _answer(second, {key: texts["answers"][key] for key in texts["before"]})
    return second


def _expired(purpose: Purpose, texts: Texts, team: Team) -> None:
    test = _write(purpose, texts, team, days=400)
    _submit_and_advise(test, team, days=390, opinion=RECORDING)
    _approve(test, team, days=380, months=12)


def _rejected(purpose: Purpose, texts: Texts, team: Team) -> None:
    """Nobody may be written to on an interest that was found too light: the purpose ends."""
    test = _write(purpose, texts, team, days=48)
    _submit_and_advise(test, team, days=45, opinion=BROKER, position="adverse")
    with by_hand(team[Role.APPROVER], "Odpowiedzi przemawiają przeciw interesowi"):
        test.reject(by=team[Role.APPROVER], reason=REFUSED, at=days_ago(38))
    with by_hand(team[Role.DPO], "Test równowagi odrzucony: listów nie wysyłamy"):
        purpose.active_until = days_ago(37)
        _save(purpose)


def _draft(purpose: Purpose, texts: Texts, team: Team) -> None:
    _write(purpose, texts, team, days=6)


_STATES: dict[str, Callable[[Purpose, Texts, Team], None]] = {
    "marketing-post": _superseded_and_in_force,
    "call-quality": _in_force_and_submitted,
    "call-recording": _expired,
    "prospecting-post": _rejected,
    "service-survey": _draft,
}


def _write(purpose: Purpose, texts: Texts, team: Team, *, days: int) -> BalanceTest:
    """A draft by the DPO, begun ``days`` ago, with the texts of the demo."""
    with by_hand(team[Role.DPO], "Pierwsza wersja testu"), acting(batch=new_batch()):
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
            _save_words(answer)


def _save_words(answer: BalanceAnswer) -> None:
    """Three hundred of them: what the service has just asked is not looked up once more."""
    answer.clean_fields(exclude=["test", "question"])
    answer.save(update_fields=["flag", "text"])


def _save(record: Any) -> None:
    record.full_clean()
    record.save()


def _submit_and_advise(
    test: BalanceTest, team: Team, *, days: int, opinion: str, position: str = "favourable"
) -> None:
    dpo = team[Role.DPO]
    with by_hand(dpo, "Do zatwierdzenia"):
        services.submit(test, at=days_ago(days))
    with by_hand(dpo, "Opinia inspektora ochrony danych"):
        test.advise(by=dpo, position=position, opinion=opinion, at=days_ago(days - 4))


def _approve(test: BalanceTest, team: Team, *, days: int, months: int) -> None:
    at = days_ago(days)
    review = timezone.localdate(at) + timedelta(days=30 * months)
    with by_hand(team[Role.APPROVER], "Zatwierdzenie testu równowagi"):
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
SAMPLE = (
    "Próba 3% jest na pierwszy rok uzasadniona. Za rok proszę sprawdzić, czy mniejsza wystarczy, "
    "i opisać, kto poza działem jakości ma dostęp do odsłuchu."
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
