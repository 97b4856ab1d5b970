"""SQL that selects the columns of a raw table from a landed file."""

from __future__ import annotations

from contracts.ledgers import LedgerSpec
from contracts.tables import BIGINT, TIMESTAMP, TableSpec
from core import sql

#: Envelope fields of an event, in the order of the raw table's first columns.
ENVELOPE = ("id", "source", "type", "time", "affiliateid")


#: Columns of a landed file that the rows of an OLTP table and of a topic need.
ORIGIN = ("_op", "_source", "_issues")
MESSAGE = ("topic", "partition", "offset", "timestamp", "key", "value", "headers", "document")


def table_rows(spec: TableSpec, scan: str) -> str:
    """Return SQL for rows of an OLTP table.

    Args:
        spec: The table's contract.
        scan: DuckDB relation with its columns, `ORIGIN` and `_seq`.
    """
    columns = [f"{name}::{kind} as {name}" for name, kind in spec.all_columns]
    # the landing zone keeps `column=value`; the raw table only needs the name
    issues = "regexp_replace(_issues, '=[^,]*', '', 'g') as _issues"
    return f"select {', '.join(columns)}, _op, _source, {issues}, _seq from {scan}"


def event_rows(scan: str) -> str:
    """Return SQL for events of a topic; every message in the file complies with its contract.

    Args:
        scan: DuckDB relation with the columns `MESSAGE` and `_seq`.
    """
    paths = ", ".join(sql.text(f"$.{name}") for name in ENVELOPE)
    return sql.load(
        __package__,
        "event_rows",
        messages=scan,
        envelope=f"[{paths}]",
        timestamp_type=TIMESTAMP,
        bigint_type=BIGINT,
    )


def ledger_rows(spec: LedgerSpec, scan: str) -> str:
    """Return SQL for rows of a ledger.

    Args:
        spec: The ledger.
        scan: DuckDB relation with its columns and `_seq`.
    """
    columns = [f"{name}::{kind} as {name}" for name, kind in spec.columns]
    return f"select {', '.join(columns)}, _seq from {scan}"
