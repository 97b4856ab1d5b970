"""What is known of persons: which column of which raw table holds which kind of value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import duckdb

from core import sql
from core.errors import AffiliateError
from warehouse.connection import ALIAS

KINDS = ("name", "email", "phone", "identifier", "birth_date", "street", "postal_code")


@dataclass(frozen=True)
class PersonalColumn:
    """A column of the warehouse, or a field of a JSON column, that holds a kind of value."""

    table: str
    column: str
    kind: str
    field: str | None = None

    @property
    def expression(self) -> str:
        """The value as text."""
        if self.field is None:
            return f"CAST({sql.name(self.column)} AS VARCHAR)"
        return f"json_extract_string({sql.name(self.column)}, {sql.text(f'$.{self.field}')})"


_CUSTOMER = {
    "full_name": "name",
    "email": "email",
    "phone": "phone",
    "identifier": "identifier",
    "birth_date": "birth_date",
    "postal_code": "postal_code",
}

#: Raw tables and not staging: they hold every version that landed, deleted persons included.
PERSONAL: tuple[PersonalColumn, ...] = (
    *(
        PersonalColumn("oltp_affiliate_customer", column, kind)
        for column, kind in _CUSTOMER.items()
    ),
    *(
        PersonalColumn("events_affiliate_customers", "data", kind, field)
        for field, kind in _CUSTOMER.items()
    ),
    PersonalColumn("oltp_customer_invite", "email", "email"),
    PersonalColumn("oltp_app_user", "full_name", "name"),
    PersonalColumn("oltp_app_user", "email", "email"),
    PersonalColumn("oltp_affiliate", "email", "email"),
    PersonalColumn("oltp_affiliate_detail", "identifier", "identifier"),
    PersonalColumn("oltp_affiliate_address", "street", "street"),
    PersonalColumn("oltp_affiliate_address", "postal_code", "postal_code"),
)

#: Words of the trade: a brand that is called like a customer is still a brand.
VOCABULARY = (("oltp_product", "brand"), ("oltp_product", "category"))

#: "Maria-José  GARCÍA" and "maria_jose garcia" are one phrase.
_MACROS = """
CREATE OR REPLACE TEMP MACRO phrase(v) AS
    trim(regexp_replace(lower(strip_accents(v)), '[^\\p{L}\\p{N}]+', ' ', 'g'));
CREATE OR REPLACE TEMP MACRO digits(v) AS regexp_replace(v, '[^0-9]', '', 'g');
CREATE OR REPLACE TEMP MACRO code(v) AS regexp_replace(upper(v), '[^0-9A-Z]', '', 'g');
"""

#: One table a way of comparing. Short values are left out: they are in every file by chance.
_KNOWN = """
CREATE OR REPLACE TEMP TABLE vocabulary AS
    SELECT DISTINCT phrase(v) AS value FROM ({vocabulary}) WHERE v IS NOT NULL;
CREATE OR REPLACE TEMP TABLE known_email AS
    SELECT DISTINCT lower(trim(written)) AS value FROM personal
    WHERE kind = 'email' AND length(written) >= 6 AND contains(written, '@');
CREATE OR REPLACE TEMP TABLE known_digits AS
    SELECT value, min(kind) AS kind FROM (
        SELECT ltrim(digits(written), '0') AS value, kind FROM personal
        WHERE kind = 'phone' OR (kind = 'identifier' AND NOT regexp_matches(written, '[A-Za-z]'))
    ) WHERE length(value) >= 9 GROUP BY value;
CREATE OR REPLACE TEMP TABLE known_code AS
    SELECT DISTINCT code(written) AS value FROM personal
    WHERE kind = 'identifier' AND length(code(written)) >= 6
        AND regexp_matches(code(written), '[A-Z]') AND regexp_matches(code(written), '[0-9]');
CREATE OR REPLACE TEMP TABLE known_phrase AS
    WITH written_out AS (
        SELECT kind, string_split(phrase(written), ' ') AS words FROM personal
        WHERE kind IN ('name', 'street')
    ),
    either_order AS (
        SELECT kind, unnest([words, list_concat(words[-1:], words[:-2])]) AS words
        FROM written_out WHERE len(words) >= 2
    )
    SELECT array_to_string(words, ' ') AS value, min(kind) AS kind FROM either_order
    GROUP BY value HAVING length(value) >= 6;
DELETE FROM known_phrase WHERE value IN (FROM vocabulary);
CREATE OR REPLACE TEMP TABLE known_postal_code AS
    SELECT DISTINCT code(written) AS value FROM personal
    WHERE kind = 'postal_code' AND length(code(written)) >= 4;
CREATE OR REPLACE TEMP TABLE known_birth_date AS
    SELECT DISTINCT TRY_CAST(written AS DATE) AS value FROM personal
    WHERE kind = 'birth_date' AND TRY_CAST(written AS DATE) IS NOT NULL;
"""


def gather(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[PersonalColumn] = PERSONAL
) -> None:
    """Collects the values into temporary tables of the connection.

    `personal(kind, written)` has each value as it was written; the `known_…` tables have it as it
    is compared.

    Raises:
        AffiliateError: a table or column is missing: without it the check would prove nothing.
    """
    connection.execute(_MACROS)
    connection.execute("CREATE OR REPLACE TEMP TABLE personal (kind VARCHAR, written VARCHAR)")
    for table, columns in groupby(sources, key=lambda source: source.table):
        pairs = ", ".join(
            f"{{'kind': {sql.text(source.kind)}, 'written': {source.expression}}}"
            for source in columns
        )
        _require(
            connection,
            table,
            f"""
            INSERT INTO personal
            SELECT DISTINCT pair.kind, pair.written
            FROM (SELECT unnest([{pairs}]) AS pair FROM {ALIAS}.raw.{sql.name(table)})
            WHERE trim(pair.written) <> ''
            """,
        )
    brands = " UNION ALL ".join(
        f"SELECT {sql.name(column)} AS v FROM {ALIAS}.raw.{sql.name(table)}"
        for table, column in VOCABULARY
    )
    _require(connection, VOCABULARY[0][0], _KNOWN.replace("{vocabulary}", brands))


def _require(connection: duckdb.DuckDBPyConnection, table: str, statement: str) -> None:
    try:
        connection.execute(statement)
    except (duckdb.CatalogException, duckdb.BinderException):
        raise AffiliateError(
            f"the privacy check cannot read raw.{table}: run `affiliate ingest` and `build` first"
        ) from None
