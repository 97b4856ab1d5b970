"""From a landed file's columns to those of its raw table, as DuckDB SQL for both engines."""

from __future__ import annotations

from collections.abc import Collection

from ingestion.contracts.tables import BIGINT, TIMESTAMP, TableSpec

#: Envelope fields of an event, in the order of the raw table's first columns.
ENVELOPE = ("id", "source", "type", "time", "affiliateid")


def table_rows(spec: TableSpec, scan: str, present: Collection[str], number: int) -> str:
    """Rows of an OLTP table.

    Args:
        spec: The table's contract.
        scan: DuckDB relation over the file.
        present: Columns the file has; those it was landed without are null.
        number: Of the manifest entry.
    """
    columns = [
        f"{name if name in present else 'null'}::{kind} as {name}"
        for name, kind in spec.all_columns
    ]
    # the landing zone keeps `column=value`; here the column's name is enough
    issues = "regexp_replace(_issues, '=[^,]*', '', 'g') as _issues"
    return f"select {', '.join(columns)}, _op, _source, {issues}, {number} as _seq from {scan}"


def event_rows(scan: str, number: int) -> str:
    """Events of a topic; every message in the file kept its contract.

    Args:
        scan: DuckDB relation over the file.
        number: Of the manifest entry.
    """
    fields = ", ".join(f"'$.{name}'" for name in ENVELOPE)
    return f"""
    select e[1], e[2], e[3], e[4]::{TIMESTAMP}, e[5]::{BIGINT}, data,
        topic, partition, "offset", "timestamp", {number}
    from (
        select *, json_extract_string(message, [{fields}]) as e,
            json_extract(message, '$.data')::text as data
        from (select *, decode(value) as message from {scan})
    )
    """
