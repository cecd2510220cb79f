"""Staged rows on their way into the database, fast on either."""

import csv
import io
from collections.abc import Callable
from typing import Any

from django.db import connection, models, transaction

from audit.sql import instant, is_postgresql

BATCH = 5_000


class Buffer:
    """Rows of one staging table, written in batches: a batch is one short transaction."""

    def __init__(self, model: type[models.Model], beat: Callable[[], None]) -> None:
        self.beat = beat
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self.model, self.columns = model, [field.column for field in fields]
        self.texts = [field.column for field in fields if isinstance(field, models.CharField)]
        times = (n for n, field in enumerate(fields) if isinstance(field, models.DateTimeField))
        self.times = list(times)
        self.rows: list[tuple] = []

    def add(self, row: tuple) -> None:
        self.rows.append(row)
        if len(self.rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        rows, self.rows = self.rows, []
        if rows:
            with transaction.atomic(), connection.cursor() as cursor:
                (self._copy if is_postgresql() else self._insert)(cursor, rows)
            self.beat()

    def _copy(self, cursor: Any, rows: list[tuple]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows(rows)  # its CRLF has cells with a CR alone quoted
        columns, texts = (
            ", ".join(map(connection.ops.quote_name, names)) for names in (self.columns, self.texts)
        )
        table = self.model._meta.db_table
        statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({texts}))"
        with cursor.copy(statement) as copy:
            copy.write(text.getvalue())

    def _insert(self, cursor: Any, rows: list[tuple]) -> None:
        columns = ", ".join(map(connection.ops.quote_name, self.columns))
        marks = ", ".join(["%s"] * len(self.columns))
        cursor.executemany(
            f"INSERT INTO {self.model._meta.db_table} ({columns}) VALUES ({marks})",  # noqa: S608
            [self._stored(cells) for cells in rows] if self.times else rows,
        )

    def _stored(self, cells: tuple) -> list[Any]:
        stored = list(cells)
        for place in self.times:
            if cells[place] is not None:
                stored[place] = instant(cells[place])
        return stored
