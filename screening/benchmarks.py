"""How fast a consent list leaves the house, against reading the same columns and nothing else."""

import csv
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connection

from audit.sql import is_postgresql, new_uuid
from consents.choices import SourceKind
from consents.models import ConsentWording, LeadSource, NamedController, SourceWording
from processing.choices import Basis, Campaign, Channel, Nature, Regime
from processing.models import ProcessingActivity, Purpose
from processors.models import Organisation
from screening.export import Export
from screening.question import Question, ask

Say = Callable[[str], Any]
DEFAULT_ROWS = {"postgresql": 1_000_000, "sqlite": 200_000}
SINCE = datetime(2024, 12, 1, tzinfo=UTC)
PAGE = os.sysconf("SC_PAGE_SIZE")


def measure_export(rows: int | None, say: Say) -> None:
    """Our CSV and the bare columns by turns, best of three each."""
    rows = rows or DEFAULT_ROWS[connection.vendor]
    question = _house(rows)
    with open(os.devnull, "wb") as sink:
        ours, limit, growth = [], [], 0
        for _ in range(3):
            limit.append(_timed(lambda: _limit(question, sink)))
            with _memory() as peak:
                export = Export(question)
                ours.append(_timed(partial(_pour, export, sink)))
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


def _timed(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


@contextmanager
def _memory() -> Iterator[Callable[[], int]]:
    """How many bytes the process grew at most within the block, looked at every 10 ms."""
    before, seen, done = _resident(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            seen.append(_resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: max(0, max(seen) - before)
    finally:
        done.set()
        watcher.join()


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * PAGE


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


# A house of the size asked for -------------------------------------------------------------------


def _house(rows: int) -> Question:
    centre = Organisation.objects.create(slug="bench", name="Bench", is_own=True)
    activity = ProcessingActivity.objects.create(number=1, controller=centre)
    purpose = Purpose.objects.create(
        slug="bench",
        activity=activity,
        basis=Basis.CONSENT,
        campaign=Campaign.OFFER,
        nature=Nature.COMMERCIAL,
        active_from=SINCE,
    )
    source = LeadSource.objects.create(slug="bench", controller=centre, kind=SourceKind.OWN_FORM)
    wording = ConsentWording.objects.create(
        purpose=purpose, channel=Channel.VOICE, language="pl", version=1, regime=Regime.PKE398
    )
    NamedController.objects.create(wording=wording, organisation=centre)
    SourceWording.objects.create(source=source, wording=wording, shown_from=SINCE)
    for sql in _people(centre.pk, purpose.pk, source.pk, wording.pk):
        with connection.cursor() as cursor:
            cursor.execute(sql.replace("{rows}", str(rows)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ask(purpose, Channel.VOICE)


def _people(centre: int, purpose: int, source: int, wording: int) -> list[str]:
    """One in ten withdrew, one in a hundred objected, is suppressed, or came from a partner too."""
    if is_postgresql():
        numbers = "WITH numbers AS (SELECT n FROM generate_series(1, {rows}) n)"
    else:
        numbers = (
            "WITH RECURSIVE numbers(n) AS "
            "(SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})"
        )
    now, uuid = f"'{SINCE:%Y-%m-%d %H:%M:%S}'", new_uuid()
    phone = "'+48' || (600000000 + n)"
    digest = "'digest' || n"
    act = f"{uuid}, {now}, '', 'import', ''"
    return [
        "INSERT INTO consents_datasubject (id, uuid, created_at, updated_at, controller_id, kind, "
        f"first_name, last_name, company_name, external_id) {numbers} SELECT n, {uuid}, {now}, "
        f"{now}, {centre}, 'person', 'Żaneta', 'Kowalska-Nowak', '', 'CRM' || n FROM numbers",
        "INSERT INTO consents_contactpoint (id, uuid, created_at, updated_at, controller_id, "
        f"subject_id, kind, value, key, hmac, retired_for) {numbers} SELECT n, {uuid}, {now}, "
        f"{now}, {centre}, n, 'phone', {phone}, {phone}, {digest}, '' FROM numbers",
        "INSERT INTO consents_acquisition (id, uuid, created_at, updated_at, contact_point_id, "
        f"source_id, obtained_on, informed_how) {numbers} SELECT n, {uuid}, {now}, {now}, n, "
        f"{source}, '2024-12-01', '' FROM numbers",
        "INSERT INTO consents_consentevent (id, uuid, recorded_at, recorded_name, way, reason, "
        "contact_point_id, purpose_id, channel, kind, occurred_at, own_time, giver, method, "
        f"wording_id, source_id, needs_confirmation, evidence_id, evidence_sha256) {numbers} "
        f"SELECT n, {act}, n, {purpose}, 'voice', CASE WHEN n % 10 = 0 THEN 'withdrawn' "
        f"ELSE 'given' END, {now}, TRUE, 'user', 'form', {wording}, {source}, FALSE, 1, '' "
        "FROM numbers",
        "INSERT INTO consents_consent (id, uuid, contact_point_id, purpose_id, channel, state, "
        "since, event_id, last_occurred_at, last_recorded_at) SELECT e.id, "
        f"{uuid}, contact_point_id, purpose_id, channel, kind, occurred_at, e.id, occurred_at, "
        "recorded_at FROM consents_consentevent e",
        "INSERT INTO consents_restriction (id, uuid, recorded_at, recorded_name, way, reason, "
        f"contact_point_id, kind, effective_at, evidence_sha256) {numbers} SELECT n, {act}, n, "
        f"'objection', {now}, '' FROM numbers WHERE n % 100 = 1",
        "INSERT INTO consents_suppression (id, uuid, recorded_at, recorded_name, way, reason, "
        f"controller_id, hmac, scope, origin) {numbers} SELECT n, {act}, {centre}, {digest}, "
        "'all', 'do_not_call' FROM numbers WHERE n % 100 = 2",
    ]


BENCHMARKS = {"export": measure_export}
