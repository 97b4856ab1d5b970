"""Collect the personal values in the warehouse, in the forms in which they are compared.

The contracts define which columns contain them (`contracts.known_values`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import duckdb

from contracts.known_values import VOCABULARY, KnownValues, personal_values
from core import sql
from core.errors import AffiliateError
from warehouse.connection import ALIAS

#: Longest phrase that is compared, in words.
LONGEST_PHRASE = 6

#: "Maria-José  GARCÍA" and "maria_jose garcia" are the same phrase.
MACROS = f"""
CREATE OR REPLACE TEMP MACRO phrase(v) AS
    trim(regexp_replace(lower(strip_accents(v)), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'));
CREATE OR REPLACE TEMP MACRO digits(v) AS regexp_replace(v, '[^0-9]', '', 'g');
CREATE OR REPLACE TEMP MACRO code(v) AS regexp_replace(upper(v), '[^0-9A-Z]', '', 'g');
CREATE OR REPLACE TEMP MACRO handle(v) AS ltrim(lower(trim(v)), '@');
CREATE OR REPLACE TEMP MACRO runs(words) AS flatten(list_transform(
    range(2, {LONGEST_PHRASE} + 1), lambda n: list_transform(
        range(1, greatest(len(words) - n + 2, 1)),
        lambda i: array_to_string(words[i:i + n - 1], ' ')
    )
));
-- values in a JSON document that may be an official number
CREATE OR REPLACE TEMP MACRO numbers_in(v) AS list_filter(
    list_append(
        json_extract_string(CASE WHEN json_valid(v) THEN v END, '$.**'),
        json_extract_string(CASE WHEN json_valid(v) THEN v END, '$')
    ),
    lambda one: length(code(one)) >= 6 AND regexp_matches(one, '^[^\\[{{]*[0-9]')
);
"""

#: One table for each way of comparing. Short values are left out, because they occur by chance.
_KNOWN = """
CREATE OR REPLACE TEMP TABLE vocabulary AS
    SELECT DISTINCT phrase(v) AS value FROM ({vocabulary}) WHERE v IS NOT NULL;
CREATE OR REPLACE TEMP TABLE known_email AS
    SELECT DISTINCT lower(trim(written)) AS value FROM personal
    WHERE kind = 'email' AND length(written) >= 6 AND contains(written, '@');
CREATE OR REPLACE TEMP TABLE known_digits AS
    SELECT value, min(kind) AS kind FROM (
        SELECT ltrim(digits(written), '0') AS value, kind FROM personal
        WHERE kind = 'phone'
            OR (kind IN ('identifier', 'handle') AND NOT regexp_matches(written, '[A-Za-z]'))
    ) WHERE length(value) >= 9 GROUP BY value;
CREATE OR REPLACE TEMP TABLE known_code AS
    SELECT DISTINCT code(written) AS value FROM personal
    WHERE kind = 'identifier' AND length(code(written)) >= 6
        AND regexp_matches(code(written), '[A-Z]') AND regexp_matches(code(written), '[0-9]');
CREATE OR REPLACE TEMP TABLE known_handle AS
    SELECT handle(written) AS value, bool_or(phrase(written) IN (FROM vocabulary)) AS is_word
    FROM personal
    WHERE kind = 'handle' AND length(handle(written)) >= 4
        AND regexp_matches(written, '[A-Za-z]')
    GROUP BY value;
CREATE OR REPLACE TEMP TABLE known_phrase AS
    WITH written_out AS (
        SELECT kind, of_customers, string_split(phrase(written), ' ') AS words FROM personal
        WHERE kind IN ('name', 'street')
    ),
    either_order AS (
        SELECT kind, of_customers, unnest([words, list_concat(words[-1:], words[:-2])]) AS words
        FROM written_out WHERE len(words) >= 2
    )
    SELECT array_to_string(words, ' ') AS value, min(kind) AS kind,
        bool_or(of_customers) AS of_customers
    FROM either_order
    GROUP BY value HAVING length(value) >= 6;
-- a business is often a part of its own slug or brand: "Casa Verde" in "casa-verde-sp"
DELETE FROM known_phrase WHERE value IN (FROM vocabulary) OR (NOT of_customers AND value IN (
    SELECT unnest(runs(string_split(value, ' '))) FROM vocabulary
));
CREATE OR REPLACE TEMP TABLE known_postal_code AS
    SELECT DISTINCT code(written) AS value FROM personal
    WHERE kind = 'postal_code' AND length(code(written)) >= 4;
CREATE OR REPLACE TEMP TABLE known_city AS
    SELECT DISTINCT phrase(written) AS value FROM personal
    WHERE kind = 'city' AND length(phrase(written)) >= 3;
CREATE OR REPLACE TEMP TABLE known_birth_date AS
    SELECT DISTINCT TRY_CAST(written AS DATE) AS value FROM personal
    WHERE kind = 'birth_date' AND TRY_CAST(written AS DATE) IS NOT NULL;
"""


def gather(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[KnownValues] | None = None
) -> None:
    """Collect the values in temporary tables of the connection.

    `personal(kind, written, of_customers)` has each value as it was written; the `known_…` tables
    have it as it is compared.

    Args:
        connection: With the warehouse attached.
        sources: Columns with the values; by default those of the contracts.

    Raises:
        AffiliateError: a table or column is missing, so the check would be incomplete.
    """
    connection.execute(MACROS)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE personal "
        "(kind VARCHAR, written VARCHAR, of_customers BOOLEAN)"
    )
    known = personal_values() if sources is None else sources
    for table, columns in groupby(known, key=lambda source: source.raw_table):
        _require(
            connection,
            table,
            f"""
            INSERT INTO personal
            SELECT DISTINCT one.kind, one.written, one.of_customers
            FROM (SELECT unnest({_values(columns)}) AS one FROM {ALIAS}.raw.{sql.name(table)})
            WHERE trim(one.written) <> ''
            """,
        )
    words = " UNION ALL ".join(
        f"SELECT {sql.name(column)} AS v FROM {ALIAS}.raw.{sql.name(table)}"
        for table, column in VOCABULARY
    )
    _require(connection, VOCABULARY[0][0], _KNOWN.replace("{vocabulary}", words))


def _values(sources: Iterable[KnownValues]) -> str:
    """Return SQL for the list of all personal values in a row of a raw table."""
    single, several = [], []
    for source in sources:
        column = sql.name(source.column)
        if source.is_json:
            found = f"numbers_in({column})"
            several.append(f"list_transform({found}, lambda v: {_value(source, 'v')})")
        elif source.field is None:
            single.append(_value(source, f"CAST({column} AS VARCHAR)"))
        else:
            path = sql.text(f"$.{source.field}")
            single.append(_value(source, f"json_extract_string({column}, {path})"))
    listed = f"[{', '.join(single)}]"
    return f"flatten([{', '.join([listed, *several])}])" if several else listed


def _value(source: KnownValues, written: str) -> str:
    kind = sql.text(source.personal)
    return f"{{'kind': {kind}, 'written': {written}, 'of_customers': {source.of_customers}}}"


def _require(connection: duckdb.DuckDBPyConnection, table: str, statement: str) -> None:
    try:
        connection.execute(statement)
    except (duckdb.CatalogException, duckdb.BinderException):
        raise AffiliateError(
            f"the privacy check cannot read raw.{table}: run `affiliate ingest` and `build` first"
        ) from None
