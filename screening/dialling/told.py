"""What the columns beside a row say: verdict, reasons, basis, evidence, obligations."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from screening.dialling.cells import cell
from screening.dialling.judging import NOTHING
from screening.evidence import evidence
from screening.export import iso
from screening.question import Question
from screening.reasons import CODES, reasons_in
from screening.verdict import Verdict, list_valid_until, obligations_of

COLUMNS = ("normalised", "verdict", "reasons", "basis", "evidence", "obligations")
Frame = tuple[str, str, str]
# What stands in the evidence of one allow for the event and the instant of another.
EVENT, SINCE = UUID(int=0), datetime(9000, 1, 1, tzinfo=UTC)


class Told:
    """Answers as cells. Counts the rows by their first reason, and keeps who is allowed."""

    def __init__(self, question: Question) -> None:
        self.question = question
        # Rows by the code of their first reason; those allowed under "".
        self.rows: Counter[str] = Counter()
        self.denials: dict[str, str] = {}
        self.frames: dict[tuple[str, bool], Frame] = {}

    @property
    def counts(self) -> dict[str, int]:
        """In the order of the reasons, those allowed first."""
        return {code: self.rows[code] for code in ("", *CODES) if self.rows[code]}

    def tails(self, answers: Sequence[str]) -> tuple[list[str], list[int]]:
        """The text of all columns but the first for each answer, and the points allowed."""
        points: list[int] = []
        known = self.denials.get
        tails = [known(answer) or self._tail(answer, points) for answer in answers]
        self._count(answers, len(points))
        return tails, points

    def _tail(self, answer: str, points: list[int]) -> str:
        if "|" not in answer or self.question.reasons:
            return self._denial(answer)
        alike, point, event, since = answer.split("|")
        rests_on_event = event != NOTHING
        frame = self.frames.get((alike, rests_on_event)) or self._frame(alike, rests_on_event)
        begin, middle, end = frame
        points.append(int(point))
        if not rests_on_event:
            return begin
        return f"{begin}{_uuid(event)}{middle}{_instant(since)}{end}"

    def _denial(self, answer: str) -> str:
        mask = 0 if "|" in answer else int(answer)
        tail = f"deny,{' '.join((*self.question.reasons, *reasons_in(mask)))},,,"
        if "|" not in answer:
            self.denials[answer] = tail
        return tail

    def _frame(self, alike: str, rests_on_event: bool) -> Frame:
        """The tail of those that differ in nothing but the event and its instant, around both."""
        company, uninformed, wording, source = alike.split(" ")
        verdict = Verdict(
            (),
            obligations_of(self.question, uninformed=uninformed == "1"),
            wording_id=None if wording == NOTHING else int(wording),
            since=SINCE,
            event=EVENT if rests_on_event else None,
            source="" if source == NOTHING else source,
            is_company=company == "1",
        )
        until = list_valid_until(self.question)
        (found,) = filter(None, evidence(self.question, [verdict], valid_until=until))
        cells = ("allow", "", found.basis, found.as_text(), " ".join(verdict.obligations))
        self.frames[alike, rests_on_event] = frame = _around(",".join(map(cell, cells)))
        return frame

    def _count(self, answers: Sequence[str], allowed: int) -> None:
        if closed := self.question.reasons:
            self.rows[closed[0]] += len(answers)
            return
        self.rows[""] += allowed
        for mask, count in Counter(filter(self.denials.__contains__, answers)).items():
            self.rows[reasons_in(int(mask))[0]] += count


def _around(tail: str) -> Frame:
    begin, _event, rest = tail.partition(str(EVENT))
    middle, _since, end = rest.partition(iso(SINCE))
    return begin, middle, end


def _uuid(text: str) -> str:
    """As everybody writes it: SQLite stores it without dashes."""
    return text if "-" in text else str(UUID(text))


def _instant(text: str) -> str:
    """To the microsecond, if not to the second: PostgreSQL writes no zeros at the end."""
    return iso(datetime.fromisoformat(text)) if "." in text else text
