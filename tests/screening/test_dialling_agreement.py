"""A screened list answers as ``judge`` does, row by row, whatever was ever recorded."""

import csv
import io
import itertools
import tracemalloc
from pathlib import Path

import pytest

from audit.cells import guarded
from consents.contacts import Unusable, normalise
from screening import sql
from screening.dialling import screening as engine
from screening.dialling import tables
from screening.dialling.screening import Screening
from screening.evidence import evidence
from screening.question import Question, ask
from screening.verdict import judge, list_valid_until
from tests.factories import PurposeFactory
from tests.screening.lives import MOMENTS
from tests.screening.world import CHANNELS, World

pytestmark = pytest.mark.django_db

STRANGE = ["+48 22 000", "nikt@nigdzie.example", "+48601999999", "ul. Nieznana 1", "", "6,016E+08"]


def screened(question: Question, values: list[str], path: Path) -> list[list[str]]:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["kontakt"], *([value] for value in values)])
    screening = Screening(question, tables.opened(path, has_header=True), 0)
    text = b"".join(screening.chunks()).decode()
    return [row[1:] for row in csv.reader(io.StringIO(text, newline=""))][1:]


def expected(question: Question, values: list[str]) -> list[list[str]]:
    verdicts = judge(question, values)
    proofs = evidence(question, verdicts, valid_until=list_valid_until(question))
    return [
        [
            guarded(normalised(question, value)),
            "allow" if verdict.is_allowed else "deny",
            " ".join(verdict.reasons),
            proof.basis if proof else "",
            proof.as_text() if proof else "",
            " ".join(verdict.obligations),
        ]
        for value, verdict, proof in zip(values, verdicts, proofs, strict=True)
    ]


def normalised(question: Question, value: str) -> str:
    if "invalid_contact" in judge(question, [value])[0].reasons:
        return ""
    try:
        return normalise(question.contact_kind, value).value
    except Unusable:
        return ""


# From so many contacts on, states are read as stored where they are settled.
@pytest.mark.parametrize(("seed", "many"), [(21, 0), (22, 10**9)])
def test_every_row_has_the_answer_of_a_single_check(
    seed: int, many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "MANY", many)
    monkeypatch.setattr(engine, "SIZES", {True: 7, False: 7})
    world = World(seed, size=40)
    allowed = 0
    for purpose, channel in itertools.product(world.purposes, CHANNELS):
        at, tool = world.rng.choice(MOMENTS), world.rng.choice([None, *world.tools])
        question = ask(purpose, channel, at=at, known_at=MOMENTS[-1], tool=tool)
        kind = question.contact_kind
        values = [p.value for p in world.points if p.kind == kind][:40] + STRANGE
        rows = screened(question, values, tmp_path / "list.csv")
        assert rows == expected(question, values), (purpose, channel, at, tool)
        allowed += sum(row[1] == "allow" for row in rows)
    assert allowed > 20


def test_memory_does_not_grow_with_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block is held, and the next one read ahead: of the size that is set, not the list's."""
    monkeypatch.setattr(engine, "SIZES", {True: 5_000, False: 5_000})
    question = ask(PurposeFactory(), "voice")

    def peak(rows: int) -> int:
        path = tmp_path / "list.csv"
        path.write_text("telefon,lp\n" + "".join(f"60{n:07},{n}\n" for n in range(rows)))
        screening = Screening(question, tables.opened(path), 0)
        tracemalloc.start()
        for _chunk in screening.chunks():
            pass
        (_now, most) = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert screening.rows == rows
        return most

    # More blocks meet at worst with one more that is ready: some 1.5 MB, where all take 20 MB.
    assert peak(100_000) < peak(20_000) + (3 << 20)
