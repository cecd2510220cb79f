"""A notice as a whole: its sections in both languages, and the checklist of what it says."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.text import Truncator

from notices.choices import Coverage, Topic
from notices.models import ElementCheck, Notice, NoticeElement
from notices.writing import flows, identity, matters, rights
from notices.writing.pen import Pen, plain
from notices.writing.registers import Facts

Section = Callable[[Facts, Pen], None]

SECTIONS: dict[str, Section] = {
    Topic.CONTROLLER: identity.controller,
    Topic.DPO: identity.officer,
    Topic.PURPOSES: matters.purposes,
    Topic.INTERESTS: matters.interests,
    Topic.DATA: matters.data,
    Topic.SOURCE: matters.source,
    Topic.RECIPIENTS: flows.recipients,
    Topic.TOOLS: flows.tools,
    Topic.TRANSFERS: flows.transfers,
    Topic.RETENTION: flows.retention,
    Topic.RIGHTS: rights.rights,
    Topic.WITHDRAWAL: rights.withdrawal,
    Topic.COMPLAINT: identity.complaint,
    Topic.PROVISION: rights.provision,
    Topic.AUTOMATED: flows.automated,
}
LANGUAGES = ("pl", "en")


@dataclass(frozen=True)
class Draft:
    """Both texts in Markdown, and what they cover: one check, unsaved, for each element."""

    text_pl: str
    text_en: str
    checks: list[ElementCheck]


def written(notice: Notice, facts: Facts, elements: Iterable[NoticeElement]) -> Draft:
    """A draft of ``notice`` from ``facts``; what the registers lack is marked, never invented."""
    sections = [(element, _in_both(facts, element)) for element in elements]
    texts = [_text(notice, place, sections) for place in range(len(LANGUAGES))]
    return Draft(*texts, checks=[_check(element, pens) for element, pens in sections])


def _in_both(facts: Facts, element: NoticeElement) -> list[Pen]:
    pens = [Pen(language) for language in LANGUAGES]
    write = SECTIONS.get(element.topic, _by_hand(element))
    for pen in pens:
        write(facts, pen)
    return pens


def _by_hand(element: NoticeElement) -> Section:
    def write(facts: Facts, pen: Pen) -> None:
        pen.paragraphs.append(pen.lacks(element.name_pl, element.name_en))

    return write


def _text(notice: Notice, place: int, sections: list[tuple[NoticeElement, list[Pen]]]) -> str:
    language = LANGUAGES[place]
    parts = [f"# {_of(notice, 'name', language)}", _of(notice, "audience", language)]
    for element, pens in sections:
        if pens[place].text:
            parts += [f"## {_of(element, 'name', language)}", pens[place].text]
    return "\n\n".join(parts) + "\n"


def _of(record: Any, name: str, language: str) -> str:
    return plain(getattr(record, f"{name}_{language}"))


def _check(element: NoticeElement, pens: list[Pen]) -> ElementCheck:
    gaps = list(dict.fromkeys(gap for pen in pens for gap in pen.gaps))
    if gaps:
        pl, en = (_joined(gap[place] for gap in gaps) for place in range(len(LANGUAGES)))
        return ElementCheck(element=element, coverage=Coverage.MISSING, gap_pl=pl, gap_en=en)
    if moot := pens[0].moot:
        # A person's own reason would stand in one language too.
        reason = moot[LANGUAGES.index((translation.get_language() or "pl")[:2])]
        return ElementCheck(element=element, coverage=Coverage.NOT_APPLICABLE, reason=reason)
    return ElementCheck(element=element, coverage=Coverage.COVERED)


def _joined(gaps: Iterable[str]) -> str:
    return Truncator("; ".join(gaps)).chars(500)
