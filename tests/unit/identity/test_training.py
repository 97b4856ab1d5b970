"""The parts of the training that need neither Splink nor dbt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core.errors import AffiliateError
from identity.training.effect import PartitionStats, changed_records, copy_partition
from identity.training.levels import comparison
from identity.training.names import common_names
from identity.training.seeds import (
    TERMS,
    WEIGHTS,
    Version,
    append_version,
    next_number,
    read_version,
)
from identity.training.weights import Odds

FIRST = Version(1, {"gender": {"same": 999, "different": -8000}}, {("surname", "silva"): 5000})
SECOND = Version(2, {"gender": {"same": 1000}}, {("surname", 'o"neil, jr'): 7000})


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    (tmp_path / WEIGHTS).write_text("version,field,level,weight\n")
    (tmp_path / TERMS).write_text("version,field,term,weight\n0,surname,old,1")
    append_version(tmp_path, FIRST)
    return tmp_path


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as wh; create schema wh.identity")
        yield connection


def test_versions_are_added_and_read_again(seeds: Path) -> None:
    before = (seeds / WEIGHTS).read_text()
    assert next_number(seeds) == 2
    append_version(seeds, SECOND)
    assert (read_version(seeds, 1), read_version(seeds, 2)) == (FIRST, SECOND)
    assert (seeds / WEIGHTS).read_text() == before + "2,gender,same,1000\n"
    assert next_number(seeds) == 3
    assert {path.name for path in seeds.iterdir()} == {WEIGHTS, TERMS}


def test_a_number_that_only_one_seed_holds_is_not_given_again(seeds: Path) -> None:
    (seeds / TERMS).write_text("version,field,term,weight\n7,surname,silva,5000\n")
    assert next_number(seeds) == 8


def test_what_is_no_seed_of_weights_is_refused(seeds: Path) -> None:
    with pytest.raises(AffiliateError, match="no version 9"):
        read_version(seeds, 9)
    (seeds / WEIGHTS).write_text("version,level\n")
    with pytest.raises(AffiliateError, match="must have the columns"):
        read_version(seeds, 1)
    (seeds / WEIGHTS).unlink()
    with pytest.raises(AffiliateError, match="cannot be read"):
        read_version(seeds, 1)


def test_conditions_are_taken_over_word_for_word() -> None:
    levels = [
        ("missing", "a.email_key is null or b.email_key is null"),
        ("junk", "a.email_key = b.email_key and a.email_class = 'junk'"),
        ("exact", "a.email_key = b.email_key"),
        ("mailbox", "split_part(a.email_key, '@', 1) = split_part(b.email_key, '@', 1)"),
        ("different", "true"),
    ]
    settings = comparison("email", levels)
    assert settings["output_column_name"] == "email"
    assert [
        (level["label_for_charts"], level["sql_condition"])
        for level in settings["comparison_levels"]
    ] == [
        (
            "missing",
            "(email_key_l is null or email_key_r is null)"
            " or (email_key_l = email_key_r and email_class_l = 'junk')",
        ),
        ("exact", "email_key_l = email_key_r"),
        ("mailbox", "split_part(email_key_l, '@', 1) = split_part(email_key_r, '@', 1)"),
        ("different", "ELSE"),
    ]


def test_a_record_has_changed_if_its_person_is_made_of_other_records(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for table, partition in {
        # a stays; b and c part; d and e are joined by f; g is renamed only
        "former": {"a": 1, "b": 2, "c": 2, "d": 3, "e": 3, "f": 4, "g": 5},
        "found": {"a": 1, "b": 2, "c": 6, "d": 3, "e": 3, "f": 3, "g": 7},
    }.items():
        rows = ", ".join(f"('{record}', {cluster})" for record, cluster in partition.items())
        warehouse.execute(
            f"create table {table} as from (values {rows}) as t (record_id, cluster_id)"
        )
    assert changed_records(warehouse, "former", "found") == len("bcdef")
    assert changed_records(warehouse, "found", "found") == 0


def test_a_partition_is_counted(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table wh.identity.int_identity__clusters as "
        "from (values ('a', 1), ('b', 1), ('c', 2)) as t (record_id, cluster_id)"
    )
    warehouse.execute(
        "create table wh.identity.int_identity__pair_weights as "
        "from (values ('weight', null), ('weight', 'twins'), (null, null)) as t (rule, veto)"
    )
    assert copy_partition(warehouse, "kept") == PartitionStats(links=1, persons=2, biggest=2)


def test_only_names_that_many_bear_are_written(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table wh.identity.int_identity__match_records as "
        "select case when i < 60 then 'ana' when i < 80 then 'eva' when i < 99 then 'kim' "
        "when i < 130 then 'j' end as first_name, 'rare' || i as surname from range(200) as t (i)"
    )
    estimates = {
        "first_name": {"exact": Odds(0.75, 0.1)},
        "surname": {"exact": Odds(0.75, 0.1)},
    }
    # of 130 known names 60 are ana; 19 bearers of kim are too few, an initial is no name
    assert common_names(warehouse, estimates) == {
        ("first_name", "ana"): 700,
        ("first_name", "eva"): 2285,
    }
