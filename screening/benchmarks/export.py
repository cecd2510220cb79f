"""How fast a consent list leaves the house, against reading the same columns and nothing else."""

import csv
import os
from functools import partial
from typing import Any

from django.db import connection

from audit.sql import is_postgresql
from screening.benchmarks.house import DEFAULT_ROWS, Say, house
from screening.benchmarks.measuring import memory, timed
from screening.export import Export
from screening.question import Question


def measure_export(rows: int | None, say: Say) -> None:
    """Our CSV and the bare columns by turns, best of three each."""
    rows = rows or DEFAULT_ROWS[connection.vendor]
    question = house(rows)
    with open(os.devnull, "wb") as sink:
        ours, limit, growth = [], [], 0
        for _ in range(3):
            limit.append(timed(lambda: _limit(question, sink)))
            with memory() as peak:
                export = Export(question)
                ours.append(timed(partial(_pour, export, sink)))
            growth = max(growth, peak())
    best, bare = min(ours), min(limit)
    speed = f"{best:.2f} s, {export.rows / best:,.0f} rows/s"
    say(f"export of {export.rows} of {rows} consents: {speed}")
    say(f"limit (the same columns, no verdict): {bare:.2f} s, {rows * 9 // 10 / bare:,.0f} rows/s")
    say(f"ratio to the limit: {best / bare:.2f}")
    say(f"peak memory over the idle process: {growth / 1024 / 1024:.0f} MB")


def _pour(export: Export, sink: Any) -> None:
    for chunk in export.chunks("csv"):
        sink.write(chunk)


def _limit(question: Question, sink: Any) -> None:
    """The same columns of everybody who consented, as the database gives them fastest."""
    sql = (
        "SELECT p.value, c.channel, u.slug, o.slug, d.uuid, d.external_id, "
        "d.first_name || ' ' || d.last_name, u.basis, c.since, w.version, s.slug, '', "
        "CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM consents_consent c "
        "JOIN consents_contactpoint p ON p.id = c.contact_point_id "
        "JOIN consents_datasubject d ON d.id = p.subject_id "
        "JOIN consents_consentevent e ON e.id = c.event_id "
        "JOIN consents_leadsource s ON s.id = e.source_id "
        "JOIN consents_consentwording w ON w.id = e.wording_id "
        "JOIN processing_purpose u ON u.id = c.purpose_id "
        "JOIN processors_organisation o ON o.id = p.controller_id "
        f"WHERE c.purpose_id = {question.purpose.pk} AND c.state = 'given'"
    )
    with connection.cursor() as cursor:
        if is_postgresql():
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
                for row in copy:
                    sink.write(row)
            return
        cursor.execute(sql)
        writer = csv.writer(_Text(sink))
        while batch := cursor.fetchmany(2000):
            writer.writerows(batch)


class _Text:
    def __init__(self, sink: Any) -> None:
        self.sink = sink

    def write(self, text: str) -> None:
        self.sink.write(text.encode())
