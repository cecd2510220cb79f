"""How fast a file goes in, against writing the same rows into the same tables and nothing else."""

import gc
import resource
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from django.db import connection, connections, models, transaction

from audit import triggers
from audit.sql import is_postgresql
from consents.choices import Method, SourceKind
from consents.importing.applying import apply, outcome
from consents.importing.uploads import new_upload, read
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ContactPoint,
    DataSubject,
    LeadSource,
)
from consents.services import contact_point, withdraw
from processing.choices import Basis, Campaign, Nature
from processing.models import ProcessingActivity, Purpose
from processors.models import Organisation

Say = Callable[[str], Any]
MAP = {
    "columns": {
        "E-mail": {"field": "email"},
        "Imię": {"field": "first_name"},
        "Zgoda": {"consent": {"channel": "email"}},
        "Kiedy": {"field": "given_at"},
    }
}
# In the order in which their keys allow them to be written.
WRITTEN = (
    DataSubject,
    DataSubject.history.model,
    ContactPoint,
    ContactPoint.history.model,
    Acquisition,
    Acquisition.history.model,
    ConsentEvent,
    Consent,
)


def measure_import(rows: int | None, say: Say) -> None:
    """The first time, the same file again, beside withdrawals, and the bare rows."""
    rows = rows or 100_000
    source, purpose = _house()
    with tempfile.TemporaryDirectory() as directory:
        path = _file(Path(directory) / "people.csv", rows, "osoba")
        gc.collect()
        before = _peak()
        first = _timed(lambda: _import(path, source, purpose))
        memory = _peak() - before
        again = _timed(lambda: _import(path, source, purpose))
        written = {model: _dumped(model, Path(directory)) for model in WRITTEN}
        other = _file(Path(directory) / "others.csv", rows, "inna")
        waits = _waits_beside(lambda: _import(other, source, purpose), source, purpose)
        limit = _limit(written)
    say(f"import of {rows} rows: {first:.1f} s, {rows / first:,.0f} rows/s")
    say(f"limit (the same rows written bare): {limit:.1f} s, {rows / limit:,.0f} rows/s")
    say(f"ratio to the limit: {first / limit:.2f}")
    say(f"the same file again: {again:.1f} s, {again / first:.2f} of the first time")
    say(f"longest wait of {len(waits)} withdrawals meanwhile: {max(waits):.2f} s")
    say(f"peak memory over the idle process: {memory / 1024:.0f} MB")


def _import(path: Path, source: LeadSource, purpose: Purpose) -> None:
    with path.open("rb") as file:
        upload = new_upload(file, source=source, purpose=purpose, name=path.name, mapping=MAP)
    read(upload, path)
    apply(upload)
    assert outcome(upload)["rejected"] == 0  # noqa: S101 (or the figures mean nothing)


def _house() -> tuple[LeadSource, Purpose]:
    centre = Organisation.objects.create(slug="bench", name="Bench", is_own=True)
    activity = ProcessingActivity.objects.create(number=1, controller=centre)
    purpose = Purpose.objects.create(
        slug="bench",
        activity=activity,
        basis=Basis.CONSENT,
        campaign=Campaign.OFFER,
        nature=Nature.COMMERCIAL,
    )
    source = LeadSource.objects.create(slug="bench", controller=centre, kind=SourceKind.OWN_FORM)
    return source, purpose


def _file(path: Path, rows: int, name: str) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("E-mail,Imię,Zgoda,Kiedy\n")
        for n in range(rows):
            said = "nie" if n % 20 == 0 else "tak"
            moment = f"20{10 + n % 15}-0{1 + n % 9}-{10 + n % 18} {n % 24:02}:{n % 60:02}:07"
            file.write(f"{name}{n}@poczta.example,Żaneta,{said},{moment}Z\n")
    return path


def _timed(work: Callable[[], None]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _peak() -> int:
    """Largest resident memory of this process so far, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# A withdrawal meanwhile --------------------------------------------------------------------------


def _waits_beside(work: Callable[[], None], source: LeadSource, purpose: Purpose) -> list[float]:
    """How long each withdrawal took that another connection recorded while ``work`` ran."""
    point = contact_point(source.controller, "email", "osoba1@poczta.example")
    done, waits = threading.Event(), []

    def withdraw_again_and_again() -> None:
        while not done.is_set():
            start = perf_counter()
            details = {"source": source, "method": Method.LINK, "evidence": "bench"}
            withdraw(point, purpose, "email", **details)
            waits.append(perf_counter() - start)
            sleep(0.05)
        connections.close_all()

    thread = threading.Thread(target=withdraw_again_and_again)
    thread.start()
    try:
        work()
    finally:
        done.set()
        thread.join()
    return waits


# The limit ---------------------------------------------------------------------------------------


def _dumped(model: type[models.Model], directory: Path) -> Any:
    """All rows of ``model`` as the database writes them fastest."""
    table = model._meta.db_table
    if not is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            return cursor.fetchall()
    path = directory / table
    statement = f"COPY {table} TO STDOUT"
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(statement) as copy:
        file.writelines(copy)
    return path


def _limit(written: dict[type[models.Model], Any]) -> float:
    """Seconds to write the same rows into the same, emptied tables: COPY, or executemany."""
    triggers.drop()
    _empty(written)
    return _timed(lambda: _write(written))


def _empty(written: dict[type[models.Model], Any]) -> None:
    tables = [model._meta.db_table for model in reversed(written)]
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            return
        for table in ("consents_consent", *tables):
            cursor.execute(f"DELETE FROM {table}")


@transaction.atomic
def _write(written: dict[type[models.Model], Any]) -> None:
    with connection.cursor() as cursor:
        for model, rows in written.items():
            table = model._meta.db_table
            if is_postgresql():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy, rows.open("rb") as file:
                    while block := file.read(1 << 16):
                        copy.write(block)
            elif rows:
                marks = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


BENCHMARKS = {"import": measure_import}
