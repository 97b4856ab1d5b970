"""Second net: every text value of the release against every known person.

What is compared, and how, is in `text_rules`.
"""

from __future__ import annotations

import duckdb

from serving import sql
from serving.cut import RELEASE
from serving.privacy.findings import Finding
from serving.privacy.iban import is_iban
from serving.privacy.leaves import leaves
from serving.privacy.text_rules import IBAN, MATCHES, OPAQUE


def gather(connection: duckdb.DuckDBPyConnection) -> None:
    """Collects the release's distinct texts into `release_text(tbl, col, value, rows, opaque)`.

    Comments on tables and columns are texts of the release too.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE release_text"
        "(tbl VARCHAR, col VARCHAR, value VARCHAR, rows BIGINT, opaque BOOLEAN)"
    )
    queries = [
        f"SELECT {sql.text(leaf.table)}, {sql.text(leaf.column)}, v, count(*) FROM ({leaf.query}) "
        "WHERE v <> '' GROUP BY v"
        for leaf in leaves(connection)
        if leaf.kind == "varchar"
    ]
    of_file = f"database_name = '{RELEASE}' AND comment IS NOT NULL"
    queries += [
        f"SELECT table_name, '(comment)', comment, 1 FROM duckdb_tables() WHERE {of_file}",
        f"SELECT table_name, column_name || ' (comment)', comment, 1 FROM duckdb_columns() "
        f"WHERE {of_file}",
    ]
    for query in queries:
        connection.execute(
            f"INSERT INTO release_text SELECT *, length(v) >= 16 AND regexp_matches(v, '{OPAQUE}') "
            f"FROM ({query}) AS q(tbl, col, v, rows)"
        )


def find(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Texts that are or contain a personal value; `gather` of texts and persons came before."""
    found = [
        Finding(*row) for query in MATCHES.values() for row in connection.execute(query).fetchall()
    ]
    return [*found, *_ibans(connection)]


def _ibans(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    candidates = connection.execute(
        f"""
        SELECT tbl, col, list(candidate) FROM (
            SELECT tbl, col, unnest(regexp_extract_all(value, '{IBAN}')) AS candidate
            FROM release_text WHERE NOT opaque
        ) GROUP BY tbl, col
        """
    ).fetchall()
    counts = [(table, column, sum(map(is_iban, texts))) for table, column, texts in candidates]
    return [Finding(table, column, "iban", count) for table, column, count in counts if count]
