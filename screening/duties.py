"""What must be said or done on an allow, in the tool's own words, in Polish and in English."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from audit.text import localised
from consents.models import Acquisition, LeadSource
from screening.question import Question
from screening.reasons import OBLIGATION
from screening.verdict import Verdict

LANGUAGES = ("pl", "en")


@dataclass(frozen=True)
class Duty:
    """An obligation that came with an allow, as it is said and done."""

    code: str
    sentence_pl: str
    sentence_en: str

    sentence = localised("sentence")

    @property
    def when(self) -> str:
        """At which point and why, in the active language."""
        return str(OBLIGATION[self.code].when)

    @property
    def law(self) -> str:
        return str(OBLIGATION[self.code].law)


def duties(question: Question, verdicts: Sequence[Verdict]) -> list[tuple[Duty, ...]]:
    """The duties of each verdict, in order; none where contact is denied.

    At most two queries for the whole batch: the tools, and the sources that somebody has yet to
    be told of (Art. 14).
    """
    sources = _untold(question, (v.point_id for v in verdicts if v.is_allowed and v.uninformed))
    said = {code: _said(question, code) for code in question.obligations}
    return [
        tuple(
            said.get(code) or _said(question, code, sources[verdict.point_id or 0])
            for code in verdict.obligations
        )
        for verdict in verdicts
    ]


def _said(question: Question, code: str, sources: Iterable[LeadSource] = ()) -> Duty:
    return Duty(code, *(_in(language, question, code, sources) for language in LANGUAGES))


def _in(language: str, question: Question, code: str, sources: Iterable[LeadSource]) -> str:
    with override(language):
        return str(OBLIGATION[code].sentence) % _words(question, sources)


def _words(question: Question, sources: Iterable[LeadSource]) -> dict[str, str]:
    """In the active language."""
    return {
        "source": ", ".join(source.name for source in sources),
        # "sp. z o.o." ends a sentence by itself.
        "controller": question.purpose.activity.controller.name.rstrip("."),
        "hours": settings.CONTACT_HOURS,
        "recording": _once(t.recording_sentence for t in question.tools if t.records_calls)
        # Translators: Ta rozmowa jest nagrywana.
        or _("This call is recorded."),
        "ai": _once(t.ai_sentence for t in question.carriers if t.talks_to_people)
        # Translators: Rozmawia Pani/Pan z automatem, nie z człowiekiem.
        or _("You are talking to a machine, not to a person."),
    }


def _once(sentences: Iterable[str]) -> str:
    """The sentences of several tools, each once."""
    return " ".join(dict.fromkeys(filter(None, sentences)))


def _untold(question: Question, points: Iterable[Any]) -> dict[int, list[LeadSource]]:
    """Where each contact came from without the person being told by then, the first one first."""
    keys = list(points)
    found: dict[int, list[LeadSource]] = defaultdict(list)
    if not keys:
        return found
    known = {source.pk: source for source in question.registers.others(question.controller_id)}
    rows = Acquisition.objects.filter(
        contact_point__in=keys, source__in=known, obtained_on__lte=question.day
    )
    untold = rows.exclude(informed_on__lte=question.day).order_by("obtained_on", "pk")
    for point, source in untold.values_list("contact_point", "source"):
        found[point].append(known[source])
    return found
