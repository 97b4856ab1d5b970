"""Extreme values of every type: what is landed is what PostgreSQL itself would print."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql

from ingestion.embedded import EmbeddedPostgres
from ingestion.landing import LandingZone
from ingestion.postgres import ingest
from tests.integration.ingestion.landed import versions
from tests.support.bare_table import bare_table

TABLE = bare_table("public.extreme", id="bigint")
DATASET = "oltp/public.extreme"

PLANES = "".join(map(chr, (0x1, 0x7F, 0xE9, 0x7FF, 0x800, 0x4E2D, 0xFFFD, 0x1F600, 0x2A6D6)))
TEXTS = ["", " ", "a'b\"c\\d\n\t,=", PLANES + chr(0xE0001) + chr(0x10FFFF), "x" * (1 << 20)]
FLOATS = ["NaN", "Infinity", "-Infinity", "-0", "0.1", "1", "-1.5"]
DATES = ["4713-01-01 BC", "0044-03-15 BC", "0001-01-01", "1582-10-10", "2024-02-29", "9999-12-31"]

#: SourceConnection type → its values, as PostgreSQL reads them; a null is added to each.
VALUES: dict[str, list[str]] = {
    "boolean": ["true", "false"],
    "smallint": ["-32768", "32767"],
    "integer": ["-2147483648", "2147483647"],
    "bigint": ["-9223372036854775808", "9223372036854775807"],
    "real": [*FLOATS, "1e-45", "3.4028235e38"],
    "double precision": [*FLOATS, "5e-324", "1.7976931348623157e308"],
    "numeric(18,2)": ["NaN", "9999999999999999.99", "-9999999999999999.99", "0", "0.01"],
    "numeric(38,0)": ["NaN", "9" * 38, "-" + "9" * 38],
    "numeric(38,38)": ["0." + "0" * 37 + "1", "0." + "9" * 38],
    "numeric(5,5)": ["NaN", "0.12345", "-0.99999"],
    "numeric": ["NaN", "Infinity", "-Infinity", "1e-20", "1" + "0" * 60, "1.10"],
    "numeric(39,1)": ["NaN", "9" * 38 + ".9"],
    "numeric(3,-2)": ["12300", "-99900", "NaN"],
    "numeric(2,4)": ["0.0099", "NaN"],
    "text": TEXTS,
    "character varying(9)": ["", "a ", PLANES],
    "character(4)": ["", "a", "ab  ", " é"],
    '"char"': ["", "a"],
    "name": ["pg_class"],
    "uuid": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "bytea": ["", "\\x00", "\\x00ff5c27"],
    "date": [*DATES, "infinity", "-infinity", "5874897-12-31"],
    "timestamp with time zone": [
        *DATES,
        "infinity",
        "-infinity",
        "294246-12-31 23:59:59.999999+00",
        "294276-12-31 23:59:59.999999+00",
        "2024-03-31 02:30:00.000001+02",
    ],
    "timestamp without time zone": [
        *DATES,
        "infinity",
        "-infinity",
        "294276-12-31 23:59:59.999999",
    ],
    "timestamp(0) with time zone": ["2024-03-31 02:30:00+02"],
    "time without time zone": ["00:00:00", "24:00:00", "23:59:59.999999"],
    "time with time zone": ["00:00:00+15:59", "24:00:00-15:59"],
    "interval": ["178000000 years", "-178000000 years", "1 mon -1 day 00:00:00.000001"],
    "json": ['{"a":  1, "a": 2}', '"\\u00e9"', "1e400"],
    "jsonb": ['{"b": 1, "a": [null]}', "1e400"],
    "integer[]": ["{}", "{{1,2},{3,NULL}}", "[-1:0]={5,6}"],
    "timestamp with time zone[]": ["{infinity,2024-01-01 00:00:00+05}"],
    "mood": ["sad", "über"],
    "pair": ["(1,)", '(,"a,b")'],
    "positive": ["1"],
    "inet": ["10.0.0.1", "::ffff:1.2.3.4/96"],
    "macaddr": ["08:00:2b:01:02:03"],
    "int4range": ["empty", "[1,)", "(,5)"],
    "tstzrange": ["[2024-01-01 00:00:00+00,infinity)"],
    "bit(3)": ["101"],
    "bit varying": [""],
    "money": ["-92233720368547758.08"],
    "oid": ["4294967295"],
    "point": ["(1e300,-0)"],
    "tsvector": ["'a':1 'b'"],
}
COLUMNS = {f"v{i:02}": kind for i, kind in enumerate(VALUES)}


@dataclass(frozen=True)
class Landed:
    """A read table and what PostgreSQL prints of it, by column."""

    zone: LandingZone
    printed: dict[str, list[tuple[int, str | None]]]


@pytest.fixture(scope="module")
def landed(postgres_server: EmbeddedPostgres) -> Iterator[Landed]:
    postgres_server.ensure_database("extreme_values")
    dsn = postgres_server.dsn("extreme_values")
    with TemporaryDirectory(prefix="affiliate-") as folder, psycopg.connect(dsn) as connection:
        _fill(connection)
        connection.commit()
        # how values are printed must not depend on how the database is set up
        connection.execute("alter database extreme_values set datestyle = 'German'")
        connection.execute("alter database extreme_values set intervalstyle = 'sql_standard'")
        connection.execute("alter database extreme_values set timezone = 'Asia/Kolkata'")
        connection.execute("alter database extreme_values set extra_float_digits = -5")
        connection.execute("alter database extreme_values set bytea_output = 'escape'")
        connection.commit()
        zone = LandingZone(Path(folder) / "landing")
        ingest(dsn, zone, [TABLE])
        connection.execute("set timezone = 'UTC'")
        printed = {
            column: connection.execute(
                sql.SQL("select id, {0}::text from extreme order by id").format(
                    sql.Identifier(column)
                )
            ).fetchall()
            for column in COLUMNS
        }
        yield Landed(zone, printed)


def _fill(connection: psycopg.Connection) -> None:
    """One row for each value that a type has, so row 0 is all nulls."""
    connection.execute(
        "create type mood as enum ('sad', 'über');"
        "create type pair as (a int, b text);"
        "create domain positive as int check (value > 0)"
    )
    listed = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
    connection.execute(
        f"create table extreme (id bigint primary key, {listed},"
        "created_at timestamptz default now(), updated_at timestamptz default now())"
    )
    for number in range(max(map(len, VALUES.values())) + 1):
        given = {
            column: VALUES[kind][number - 1]
            for column, kind in COLUMNS.items()
            if 0 < number <= len(VALUES[kind])
        }
        names = sql.SQL(", ").join(map(sql.Identifier, ["id", *given]))
        values = sql.SQL(", ").join(map(sql.Literal, [number, *given.values()]))
        connection.execute(sql.SQL("insert into extreme ({}) values ({})").format(names, values))


def shown(column: str, kind: str) -> str:
    """DuckDB's text of a landed value, in PostgreSQL's spelling."""
    if kind == "bytea":
        return rf"'\x' || lower(hex({column}))"
    if kind.endswith("with time zone") and kind.startswith("timestamp"):
        # DuckDB prints times with a zone through doubles, which are too coarse for the last years
        zoned = f"make_timestamp(epoch_us({column}))::text || '+00'"
        return rf"regexp_replace({zoned}, ' \(BC\)(.*)$', '\1 BC')"
    if kind == "date" or kind.startswith("timestamp without"):
        return rf"regexp_replace({column}::text, ' \(BC\)(.*)$', '\1 BC')"
    if kind.startswith("numeric"):
        return rf"regexp_replace({column}::text, '^(-?)\.', '\10.')"
    return f"{column}::text"


def same(kind: str, text: str | None, printed: str | None) -> bool:
    """Whether a landed value is the printed one; floats to the last bit."""
    if kind in ("real", "double precision") and text is not None and printed is not None:
        size = "f" if kind == "real" else "d"
        return struct.pack(size, float(text)) == struct.pack(size, float(printed))
    return text == printed


@pytest.mark.parametrize("column", COLUMNS, ids=COLUMNS.values())
def test_values_are_landed_as_postgresql_prints_them(landed: Landed, column: str) -> None:
    kind = COLUMNS[column]
    printed = landed.printed[column]
    assert sum(text is not None for _, text in printed) == len(VALUES[kind])
    rows = versions(landed.zone, DATASET, f"id, {shown(column, kind)}, _issues")
    for (number, value, issues), (_, text) in zip(rows, printed, strict=True):
        named = dict(issue.split("=", 1) for issue in issues.split(",")) if issues else {}
        # a value that its column cannot hold is null and stands beside it
        assert same(kind, named.get(column, value), text), (number, text)
        assert column not in named or value is None


NATIVE_MISFITS = {
    ("numeric(18,2)", "NaN"),
    ("date", "infinity"),
    ("timestamp with time zone", "294276-12-31 23:59:59.999999+00"),
}


@pytest.mark.parametrize(("kind", "text"), sorted(NATIVE_MISFITS))
def test_unsupported_value_of_each_type_is_recorded_as_issue(
    landed: Landed, kind: str, text: str
) -> None:
    column = next(name for name, found in COLUMNS.items() if found == kind)
    issues = versions(landed.zone, DATASET, "_issues")
    assert any(f"{column}={text}" in (found or "").split(",") for (found,) in issues)
