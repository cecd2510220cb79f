"""What the columns beside a row say: verdict, reasons, basis, evidence, obligations."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from audit.text import iso
from screening.dialling.cells import cell
from screening.dialling.judging import NOTHING
from screening.evidence import evidence
from screening.question import Question
from screening.reasons import CODES, reasons_in
from screening.verdict import Verdict, list_valid_until, obligations_of

COLUMNS = ("normalised", "verdict", "reasons", "basis", "evidence", "obligations")
Frame = tuple[str, str]
# The act in the evidence of one allow, in whose place that of another is put.
EVENT, SINCE = UUID(int=0), datetime(9000, 1, 1, tzinfo=UTC)
ACT = f"event={EVENT} since={iso(SINCE)}"


class Told:
    """Answers as cells. Counts the rows by their first reason."""

    def __init__(self, question: Question) -> None:
        self.question = question
        # Rows by the code of their first reason; those allowed under "".
        self.rows: Counter[str] = Counter()
        self.denials: dict[str, str] = {}
        self.frames: dict[tuple[str, bool], Frame] = {}
        # Whether the purpose is closed for everybody.
        self.is_closed = bool(question.reasons)
        self._read_registers()

    def _read_registers(self) -> None:
        """While the connection is free: reading answers keeps it busy, and a query would wait."""
        obligations_of(self.question, uninformed=True)
        self._evidence(Verdict(()))

    @property
    def counts(self) -> dict[str, int]:
        """In the order of the reasons, those allowed first."""
        return {code: self.rows[code] for code in ("", *CODES) if self.rows[code]}

    def tails(self, answers: Sequence[str]) -> list[str]:
        """The text of all columns but the first for each answer, in order."""
        known = self.denials.get
        tails = [known(answer) or self._tail(answer) for answer in answers]
        self._count(answers)
        return tails

    def _tail(self, answer: str) -> str:
        alike, is_allow, act = answer.partition("|")
        if not is_allow or self.is_closed:
            return self._denial(answer, 0 if is_allow else int(answer))
        rests = act != NOTHING
        begin, end = self.frames.get((alike, rests)) or self._frame(alike, rests)
        return f"{begin}{act}{end}" if rests else begin

    def _denial(self, answer: str, mask: int) -> str:
        tail = f"deny,{' '.join((*self.question.reasons, *reasons_in(mask)))},,,"
        if mask:
            self.denials[answer] = tail
        return tail

    def _frame(self, alike: str, rests: bool) -> Frame:
        """What stands around the act of those that differ in nothing else."""
        company, uninformed, wording, source = alike.split(" ")
        verdict = Verdict(
            (),
            obligations_of(self.question, uninformed=uninformed == "1"),
            wording_id=None if wording == NOTHING else int(wording),
            since=SINCE,
            event=EVENT if rests else None,
            source="" if source == NOTHING else source,
            is_company=company == "1",
        )
        basis, text = self._evidence(verdict)
        tail = ",".join(map(cell, ("allow", "", basis, text, " ".join(verdict.obligations))))
        begin, _act, end = tail.partition(ACT)
        self.frames[alike, rests] = frame = (begin, end)
        return frame

    def _evidence(self, verdict: Verdict) -> tuple[str, str]:
        until = list_valid_until(self.question)
        (found,) = filter(None, evidence(self.question, [verdict], valid_until=until))
        return found.basis, found.as_text()

    def _count(self, answers: Sequence[str]) -> None:
        of_all = self.question.reasons[:1]
        denied = Counter(filter(self.denials.__contains__, answers))
        for mask, count in denied.items():
            self.rows[(*of_all, *reasons_in(int(mask)))[0]] += count
        self.rows["".join(of_all)] += len(answers) - denied.total()
