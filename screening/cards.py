"""How a verdict reads: the large yes or no, one sentence why, and what it rests on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import display
from consents.choices import OF_THE_PERSON, RestrictionKind, SuppressionScope
from consents.models import Consent, ConsentEvent, ConsentWording, Restriction, Suppression
from processing.choices import Basis, Channel
from processing.models import ChannelRule
from screening.check import Answer
from screening.duties import duties
from screening.question import Question
from screening.reasons import REASON
from screening.stops import STOP_CODES
from screening.verdict import Verdict, check_valid_until

# Whether the reader has a permission, such as "consents.view_consent".
May = Callable[[str], bool]

YES = {
    # Translators: Tak, wolno zadzwonić
    Channel.VOICE: gettext_lazy("Yes, you may call"),
    # Translators: Tak, wolno połączyć automatem
    Channel.AUTOMATED_CALL: gettext_lazy("Yes, an automated call may go out"),
    # Translators: Tak, wolno wysłać SMS
    Channel.SMS: gettext_lazy("Yes, you may send an SMS"),
    # Translators: Tak, wolno wysłać e-mail
    Channel.EMAIL: gettext_lazy("Yes, you may send an e-mail"),
    # Translators: Tak, wolno napisać na komunikatorze
    Channel.MESSENGER: gettext_lazy("Yes, you may send a message"),
    # Translators: Tak, wolno wysłać powiadomienie
    Channel.PUSH: gettext_lazy("Yes, you may send a notification"),
    # Translators: Tak, wolno wysłać list
    Channel.POST: gettext_lazy("Yes, you may send a letter"),
}
NO = {
    # Translators: Nie dzwoń
    Channel.VOICE: gettext_lazy("Do not call"),
    # Translators: Nie łącz automatem
    Channel.AUTOMATED_CALL: gettext_lazy("Do not place an automated call"),
    # Translators: Nie wysyłaj SMS-a
    Channel.SMS: gettext_lazy("Do not send an SMS"),
    # Translators: Nie wysyłaj e-maila
    Channel.EMAIL: gettext_lazy("Do not send an e-mail"),
    # Translators: Nie pisz na komunikatorze
    Channel.MESSENGER: gettext_lazy("Do not send a message"),
    # Translators: Nie wysyłaj powiadomienia
    Channel.PUSH: gettext_lazy("Do not send a notification"),
    # Translators: Nie wysyłaj listu
    Channel.POST: gettext_lazy("Do not send a letter"),
}


@dataclass(frozen=True)
class Said:
    """A reason or an obligation as the card tells it."""

    sentence: str
    label: str = ""
    meta: str = ""
    law: str = ""


@dataclass(frozen=True)
class Fact:
    label: str | Promise
    text: Any
    law: str = ""
    badge: str = ""


@dataclass(frozen=True)
class Card:
    """One verdict, in words; ``links`` follow to records that the reader may open."""

    is_allowed: bool
    head: str
    why: str
    reasons: list[Said]
    obligations: list[Said]
    facts: list[Fact]
    note: str
    as_of: datetime
    known_at: datetime | None
    valid_until: datetime
    is_past: bool


def card(answer: Answer, *, may: May) -> Card:
    """The card of an answer that has a verdict."""
    question, verdict = answer.question, answer.verdict
    head = (YES if verdict.is_allowed else NO)[Channel(answer.channel)]
    return Card(
        is_allowed=verdict.is_allowed,
        head=str(head),
        why=_why(answer),
        reasons=[_reason(code, answer) for code in verdict.reasons],
        obligations=_obligations(answer),
        facts=list(_facts(answer, may=may)),
        note=_note(question, verdict),
        as_of=question.at,
        known_at=question.known_at if question.known_at < question.at else None,
        valid_until=check_valid_until(question),
        is_past=check_valid_until(question) <= timezone.now(),
    )


def _why(answer: Answer) -> str:
    question, verdict = answer.question, answer.verdict
    place = {"purpose": answer.purpose.name, "channel": Channel(answer.channel).label}
    if not verdict.is_allowed:
        return str(REASON[verdict.reasons[0]].sentence)
    if verdict.since:
        # Translators: %(purpose)s, %(channel)s: zgoda z %(day)s obowiązuje. Nic nie stoi na
        # przeszkodzie.
        text = _(
            "%(purpose)s, %(channel)s: the consent of %(day)s holds. Nothing stands in the way."
        )
        return text % {**place, "day": _day(verdict.since)}
    if question.is_commercial:
        # Translators: %(purpose)s, %(channel)s: ten kanał nie wymaga zgody. Nic nie stoi na
        # przeszkodzie.
        text = _(
            "%(purpose)s, %(channel)s: this channel needs no consent. Nothing stands in the way."
        )
    else:
        # Translators: %(purpose)s, %(channel)s: kontakt bez reklamy nie wymaga zgody. Nic nie stoi
        # na przeszkodzie.
        text = _(
            "%(purpose)s, %(channel)s: contact without advertising needs no consent. Nothing "
            "stands in the way."
        )
    return text % place


def brief(answer: Answer) -> str:
    """Why, in the two or three words that a cell of the matrix has room for."""
    verdict = answer.verdict
    if verdict is None:
        # Translators: brak reguły kanału
        return _("no channel rule")
    if verdict.reasons:
        return str(REASON[verdict.reasons[0]].label)
    if verdict.since:
        # Translators: zgoda z %(day)s
        return _("consent of %(day)s") % {"day": _day(verdict.since)}
    # Translators: zgoda niepotrzebna
    return _("no consent needed")


def _note(question: Question, verdict: Verdict) -> str:
    if "unknown_contact" in verdict.reasons and not question.is_commercial:
        # Translators: Poza rejestrem decydują Wasze własne dane.
        return _("Outside the register your own records decide.")
    return ""


# Reasons -----------------------------------------------------------------------------------------


def _reason(code: str, answer: Answer) -> Said:
    reason = REASON[code]
    meta = _since(code, answer)
    return Said(str(reason.sentence), str(reason.label), meta, str(reason.law))


def _since(code: str, answer: Answer) -> str:
    """Since when a reason stands, and how far it reaches."""
    if code in STOP_CODES:
        return _of_restriction(code, answer)
    if code == "suppressed":
        return _of_suppression(answer)
    if code in ("refused", "withdrawn") and answer.verdict.since:
        return _on(answer.verdict.since)
    return ""


def _of_restriction(code: str, answer: Answer) -> str:
    question, point = answer.question, answer.point
    here = Q(contact_point=point.pk)
    everywhere = Q(kind__in=OF_THE_PERSON, channel=None, contact_point__subject=point.subject_id)
    standing = Restriction.objects.standing(question.at, question.known_at).filter(
        here | everywhere,
        Q(channel=None) | Q(channel=answer.channel),
        Q(purpose=None) | Q(purpose=question.purpose),
        kind__in=_kinds(code, question),
    )
    found = standing.order_by("-effective_at", "-pk").first()
    if found is None:
        return ""
    channel = found.get_channel_display() if found.channel else _("every channel")
    return f"{_on(found.effective_at)}, {channel}"


def _kinds(code: str, question: Question) -> list[str]:
    """An objection to marketing says nothing of service."""
    marketing = () if question.is_commercial else (RestrictionKind.OBJECTION,)
    return [kind for kind in STOP_CODES[code] if kind not in marketing]


def _of_suppression(answer: Answer) -> str:
    question = answer.question
    standing = Suppression.objects.standing(question.at, question.known_at).filter(
        Q(channel=None) | Q(channel=answer.channel),
        controller=question.controller_id,
        hmac=answer.point.hmac,
    )
    if not question.is_commercial:
        standing = standing.filter(scope=SuppressionScope.ALL)
    found = standing.order_by("recorded_at").first()
    return f"{found.get_origin_display()}, {_on(found.recorded_at)}" if found else ""


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localdate(moment), "DATE_FORMAT")


def _on(moment: datetime) -> str:
    # Translators: od %(day)s
    return _("since %(day)s") % {"day": _day(moment)}


# Obligations -------------------------------------------------------------------------------------


def _obligations(answer: Answer) -> list[Said]:
    [found] = duties(answer.question, [answer.verdict])
    return [Said(duty.sentence, meta=duty.when, law=duty.law) for duty in found]


# Evidence ----------------------------------------------------------------------------------------


def _facts(answer: Answer, *, may: May) -> Iterator[Fact]:
    question, verdict = answer.question, answer.verdict
    yield _basis(answer)
    for rule in question.protecting(natural=not verdict.is_company):
        yield _rule(rule, question, may=may)
    if verdict.event_id:
        yield from _of_the_consent(answer, may=may)
    yield from _of_the_registers(question, may=may)
    yield Fact(_("State as of"), display.moment(question.at))
    if question.known_at < question.at:
        # Translators: Według wiedzy na
        yield Fact(_("As known at"), display.moment(question.known_at))


def _basis(answer: Answer) -> Fact:
    label = _("Legal basis")
    if answer.verdict.is_company:
        # Translators: niepotrzebna: firma bez danych osobowych
        return Fact(label, _("none needed: a company without personal data"))
    return Fact(label, Basis(answer.purpose.basis).label, answer.purpose.basis_law)


def _rule(rule: ChannelRule, question: Question, *, may: May) -> Fact:
    required = question.is_commercial and rule.consent_required
    # Translators: wymagana zgoda / zgoda niewymagana
    text = _("consent required") if required else _("no consent required")
    return Fact(_("Channel rule"), _linked(text, rule, may), rule.provision)


def _of_the_registers(question: Question, *, may: May) -> Iterator[Fact]:
    if test := question.balance_test:
        yield Fact(_("Balance test"), _linked(str(test), test, may))
    if told := question.notice:
        names = {"notice": told.notice.name, "number": told.number}
        text = _("%(notice)s, version %(number)d") % names
        yield Fact(_("Privacy notice"), _linked(text, told, may))
    if tool := question.tool:
        yield Fact(_("Tool"), _linked(str(tool), tool, may))


def _of_the_consent(answer: Answer, *, may: May) -> Iterator[Fact]:
    verdict, registers = answer.verdict, answer.question.registers
    yield Fact(_("Event"), _event(answer, may=may))
    for wording in registers.wordings.get((answer.purpose.pk, answer.channel), ()):
        if wording.pk == verdict.wording_id:
            yield Fact(_("Wording"), _linked(_version(wording), wording, may))
    for source in registers.sources.get(answer.question.controller_id, ()):
        if source.slug == verdict.source:
            yield Fact(_("Lead source"), _linked(source.name, source, may))


def _version(wording: ConsentWording) -> str:
    return f"{wording} ({wording.get_language_display()})"


def _event(answer: Answer, *, may: May) -> Any:
    """Said of the act that the state rested on then; it leads to the consent as it is now."""
    event = ConsentEvent.objects.get(pk=answer.verdict.event_id)
    said = format_html("{} {}", event.get_kind_display(), display.moment(event.occurred_at))
    if not may("consents.view_consent"):
        return said
    place = {"contact_point": answer.point, "purpose": answer.purpose, "channel": answer.channel}
    return _linked(said, Consent.objects.only("pk").get(**place), may)


def _linked(text: Any, record: Any, may: May) -> Any:
    """``text``, leading to the page of ``record`` for whoever may open it."""
    meta = record._meta
    if not may(f"{meta.app_label}.view_{meta.model_name}"):
        return text
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
    return format_html('<a href="{}">{}</a>', url, text)
