"""Whether files hold the rows of their source: sums over all columns, taken on both sides."""

from __future__ import annotations

from pathlib import Path

import psycopg

from benchmarks.ingestion.contender import Job
from contracts.tables import BOOLEAN, DATE, MONEY, TEXT, TIMESTAMP
from core.duckdb_session import connect
from core.sql import quote

Fingerprint = tuple[int, ...]

#: Whole number of a row's texts, in PostgreSQL and in DuckDB.
_TEXTS = (
    "('x' || left(md5(concat_ws('|', {0})), 8))::bit(32)::bigint",
    "('0x' || left(md5(concat_ws('|', {0})), 8))::bigint",
)
#: Raw type → whole number of a value, in PostgreSQL and in DuckDB.
_NUMBERS = {
    MONEY: ("({0} * 100)::bigint", "({0}::decimal(18, 2) * 100)::bigint"),
    BOOLEAN: ("{0}::integer", "{0}::integer"),
    DATE: ("{0} - date '1970-01-01'", "{0}::date - date '1970-01-01'"),
    TIMESTAMP: ("(extract(epoch from {0}) * 1000000)::bigint", "epoch_us({0})"),
}


class TableVerifier:
    """Compares files with a table of PostgreSQL, whose fingerprints are taken once per size.

    Args:
        dsn: Where the table is.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._known: dict[tuple[str, int], Fingerprint] = {}

    def __call__(self, job: Job, files: list[Path]) -> None:
        """Raises unless the files hold the job's rows: those with the lowest ids."""
        key = (job.name, job.rows)
        if key not in self._known:
            columns = _aggregates(job, postgres=True)
            query = f"select {columns} from {job.name} where id <= {job.rows}"
            with psycopg.connect(self._dsn) as connection:
                self._known[key] = _whole(connection.execute(query).fetchall()[0])
        found = _fingerprint(job, files)
        if found != self._known[key]:
            raise SystemExit(f"{job.name}: {found} landed, {self._known[key]} expected")


def _fingerprint(job: Job, files: list[Path]) -> Fingerprint:
    columns = _aggregates(job, postgres=False)
    with connect() as connection:
        row = connection.execute(f"select {columns} from {_scan(files)}").fetchall()[0]
    return _whole(row)


def _scan(files: list[Path]) -> str:
    listed = ", ".join(f"'{quote(str(path))}'" for path in files)
    return f"read_parquet([{listed}])"


def _aggregates(job: Job, *, postgres: bool) -> str:
    side = 0 if postgres else 1
    columns = [*job.columns, ("created_at", TIMESTAMP), ("updated_at", TIMESTAMP)]
    texts = ", ".join(name for name, raw in columns if raw == TEXT)
    numbers = [
        _NUMBERS.get(raw, ("{0}", "{0}"))[side].format(name) for name, raw in columns if raw != TEXT
    ]
    counts = [f"count({name})" for name, _ in columns]
    sums = [f"coalesce(sum({n}), 0)" for n in (*numbers, _TEXTS[side].format(texts or "''"))]
    return ", ".join(["count(*)", *counts, *sums])


def _whole(row: tuple[object, ...]) -> Fingerprint:
    return tuple(int(str(value)) for value in row)


class EventVerifier:
    """Compares files with a topic that was filled with a known number of bytes.

    Args:
        messages: Number of messages.
        sent: Bytes of all their values.
    """

    def __init__(self, messages: int, sent: int) -> None:
        self._messages, self._sent = messages, sent

    def __call__(self, job: Job, files: list[Path]) -> None:
        """Raises unless the files hold the job's number of messages, each once."""
        query = f"""
        select count(*), count(distinct (partition, "offset")), sum(octet_length(value::blob))
        from {_scan(files)}
        """
        with connect() as connection:
            rows, distinct, landed = connection.execute(query).fetchall()[0]
        is_untouched = landed == self._sent or rows < self._messages
        if not rows == distinct == job.rows or not is_untouched:
            raise SystemExit(
                f"{job.name}: {rows} rows, {distinct} distinct, {landed} bytes; "
                f"{job.rows} of {self._messages} rows, {self._sent} bytes expected"
            )
