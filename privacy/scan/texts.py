"""Text scanner: compares every text value of the release with every known person.

`text_rules` holds the rules.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from core import sql
from privacy.scan.findings import Finding
from privacy.scan.iban import is_iban
from privacy.scan.location import Location
from privacy.scan.scalars import ScalarColumn
from privacy.scan.text_rules import IBAN, OPAQUE, rules


def gather(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ScalarColumn], location: Location
) -> None:
    """Loads the distinct texts into `release_text(tbl, col, value, rows, opaque, g)`.

    Comments on tables and columns are texts of the release, too.

    Args:
        connection: With the tables attached.
        columns: The columns that must hold no personal value.
        location: Where the tables are.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE release_text"
        "(tbl VARCHAR, col VARCHAR, value VARCHAR, rows BIGINT, opaque BOOLEAN, g VARCHAR)"
    )
    queries = [
        f"SELECT {sql.text(column.table)}, {sql.text(column.name)}, v, count(*), g "
        f"FROM ({column.query}) WHERE v <> '' GROUP BY v, g"
        for column in columns
        if column.type == "varchar"
    ]
    database, _, schema = location.schema.partition(".")
    of_file = (
        f"database_name = {sql.text(database)} AND schema_name = {sql.text(schema)} "
        "AND comment IS NOT NULL"
    )
    queries += [
        f"SELECT table_name, '(comment)', comment, 1, '' FROM duckdb_tables() WHERE {of_file}",
        "SELECT table_name, column_name || ' (comment)', comment, 1, '' FROM duckdb_columns() "
        f"WHERE {of_file}",
    ]
    for query in queries:
        texts = f"({query}) AS q(tbl, col, v, rows, g)"
        classified = sql.load(__package__, "classified_texts", texts=texts, opaque=sql.text(OPAQUE))
        connection.execute(f"INSERT INTO release_text {classified}")


def find(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Texts that are or contain a personal value; call `gather` of texts and of people before."""
    found = [Finding(*row) for rule in rules() for row in connection.execute(rule).fetchall()]
    return [*found, *_ibans(connection)]


def _ibans(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    candidates = connection.execute(sql.load(__package__, "ibans", iban=IBAN)).fetchall()
    counts = [(table, column, sum(map(is_iban, texts))) for table, column, texts in candidates]
    return [Finding(table, column, "iban", count) for table, column, count in counts if count]
