"""The normaliser, case by case: the same on both engines, and what was thought of beforehand.

Every file of `normaliser_cases` holds the columns of a record as typed, and after `=` what becomes
of them. `{U+200B}` stands for that character, `{ab*40}` for `ab` forty times.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingestion.embedded import EmbeddedPostgres
from tests.dbt.dbt_warehouse import Warehouse, load_raw
from tests.dbt.raw_world import RawWorld

Case = dict[str, str | None]
FILES = sorted((Path(__file__).parent / "normaliser_cases").glob("*.csv"))
MODEL = "int_identity__normalised_records"


def _decoded(text: str) -> str | None:
    named = re.sub(r"\{U\+([0-9A-F]+)\}", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"\{([^{}*]+)\*(\d+)\}", lambda match: match[1] * int(match[2]), named) or None


def _cases(file: Path) -> list[Case]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            {name: _decoded(text) for name, text in row.items()} for row in csv.DictReader(lines)
        ]


@pytest.fixture(scope="module")
def cases() -> dict[str, list[Case]]:
    """The cases of each file."""
    return {file.stem: _cases(file) for file in FILES}


@pytest.fixture(scope="module")
def warehouses(
    cases: dict[str, list[Case]],
    postgres_server: EmbeddedPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Warehouse]:
    """Both warehouses, each case a customer: the file is the affiliate, the line the customer."""
    world = RawWorld()
    for affiliate, rows in enumerate(cases.values(), start=1):
        for line, case in enumerate(rows, start=2):
            typed: dict[str, Any] = {
                name: value for name, value in case.items() if not name.startswith("=")
            }
            identifier = affiliate * 10_000 + line
            world.put("affiliate_customer", id=identifier, affiliate_id=affiliate, **typed)
    postgres_server.ensure_database("normaliser")
    folder = tmp_path_factory.mktemp("normaliser")
    made = [
        Warehouse("duckdb", str(folder / "warehouse.duckdb"), folder / "duckdb"),
        Warehouse("postgres", postgres_server.dsn("normaliser"), folder / "postgres"),
    ]
    for warehouse in made:
        load_raw(warehouse, world)
        done = warehouse.dbt(
            "build", "--select", f"+{MODEL}", "--exclude-resource-type", "test", "unit_test"
        )
        assert done.returncode == 0, done.stdout[-3000:]
    return made


def _rows(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Records without their digests, which each engine makes in its own way."""
    with warehouse.connect() as connection:
        cursor = connection.execute(
            f"select * from identity.{MODEL} order by affiliate_customer_id"
        )
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    digests = {"compared_hash", "stated_hash"}
    return [{name: row[name] for name in row.keys() - digests} for row in rows]


@pytest.fixture(scope="module")
def normalised(warehouses: list[Warehouse]) -> list[list[dict[str, Any]]]:
    """The records of DuckDB and of PostgreSQL, each in the order of files and lines."""
    return [_rows(warehouse) for warehouse in warehouses]


def test_enough_cases_of_each_kind(cases: dict[str, list[Case]]) -> None:
    assert sum(map(len, cases.values())) >= 900
    for file, rows in cases.items():
        typed = [tuple(value for name, value in row.items() if name[0] != "=") for row in rows]
        assert len(typed) == len(set(typed)), file


def test_both_engines_normalise_equally(normalised: list[list[dict[str, Any]]]) -> None:
    duck, postgres = normalised
    assert [pair for pair in zip(duck, postgres, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_case_is_normalised_as_expected(
    file: Path, cases: dict[str, list[Case]], normalised: list[list[dict[str, Any]]]
) -> None:
    affiliate = list(cases).index(file.stem) + 1
    records = [row for row in normalised[0] if row["affiliate_id"] == affiliate]
    wrong = []
    for case, record in zip(cases[file.stem], records, strict=True):
        expected = {name[1:]: value for name, value in case.items() if name.startswith("=")}
        found = {name: None if record[name] is None else str(record[name]) for name in expected}
        if found != expected:
            wrong.append((case, found))
    assert wrong == []


def test_both_engines_fold_every_character_equally(warehouses: list[Warehouse]) -> None:
    """All of the first two planes but the surrogates, alone and behind letters."""
    folded = []
    for warehouse in warehouses:
        compiled = warehouse.dbt("--quiet", "compile", "--inline", "{{ fold_text('typed') }}")
        assert compiled.returncode == 0, compiled.stdout
        folded.append(
            warehouse.query(
                f"select code, {compiled.stdout} as folded"
                " from (select code, 'A' || letter || 'B ' || letter as typed"
                " from (select code, chr(cast(code as integer)) as letter"
                " from generate_series(1, 131071) as codes (code)"
                " where code not between 55296 and 57343) as letters) as texts order by code"
            )
        )
    assert [pair for pair in zip(*folded, strict=True) if pair[0] != pair[1]] == []
    plain = dict(folded[0])
    examples = {"Ã": "aab a", "ﬁ": "afib fi", "ß": "assb ss", "Ж": "aжb ж"}
    assert {letter: plain[ord(letter)] for letter in examples} == examples


def test_postgres_texts_use_the_collation_of_the_database(
    warehouses: list[Warehouse],
) -> None:
    """Else joins with other columns stop: lower-casing asks for a collation of its own."""
    _, postgres = warehouses
    with psycopg.connect(postgres.location) as connection:
        collations = connection.execute(
            "select distinct collation_name from information_schema.columns"
            " where table_schema = 'identity' and table_name = %s",
            [MODEL],
        ).fetchall()
    assert collations == [(None,)]
