"""How good a partition of records is: counted from the sizes of groups, never pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

#: A cell is what a cluster and a person have in common.
CELLS = """
create temp table judged as
select
    clusters.cluster_id,
    truth.*
from read_parquet($truth) as truth
left join read_parquet($clusters) as clusters
    on clusters.record_id
        = truth.affiliate_id::text || ':' || truth.affiliate_customer_id::text;

create temp table cells as
select cluster_id, person_id, count(*)::bigint as records from judged group by all;

create temp table found as
select cluster_id, sum(records)::bigint as records from cells group by cluster_id;

create temp table persons as
select person_id, sum(records)::bigint as records from cells group by person_id;
"""
PAIRS = "coalesce(sum(records * (records - 1) // 2), 0)::bigint"
BCUBED = """
select
    sum(cells.records * cells.records / found.records),
    sum(cells.records * cells.records / persons.records)
from cells
inner join found using (cluster_id)
inner join persons using (person_id)
"""


@dataclass(frozen=True)
class Quality:
    """What a partition is worth.

    Attributes:
        records: Records judged.
        clusters: Persons found.
        persons: Persons there are.
        pairs: Pairs of records brought together.
        right_pairs: Those of them that are one person.
        true_pairs: Pairs of records that are one person.
        bcubed_precision: Mean share of a record's cluster that is its person.
        bcubed_recall: Mean share of a record's person that is in its cluster.
        biggest: Records of the biggest cluster.
        household_pairs: Wrong pairs within a household.
        twin_pairs: Those of them with one birth date.
        namesake_pairs: Those of them with one first name, as father and son.
    """

    records: int
    clusters: int
    persons: int
    pairs: int
    right_pairs: int
    true_pairs: int
    bcubed_precision: float
    bcubed_recall: float
    biggest: int
    household_pairs: int
    twin_pairs: int
    namesake_pairs: int

    @property
    def precision(self) -> float:
        """Share of the pairs that are right; 1 without any."""
        return self.right_pairs / self.pairs if self.pairs else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found; 1 without any."""
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of pair precision and recall."""
        return harmonic(self.precision, self.recall)

    @property
    def bcubed_f1(self) -> float:
        """Harmonic mean of B-cubed precision and recall."""
        return harmonic(self.bcubed_precision, self.bcubed_recall)


def harmonic(one: float, other: float) -> float:
    """Harmonic mean; 0 if both are."""
    return 2 * one * other / (one + other) if one + other else 0.0


def judge(clusters: Path, truth: Path) -> Quality:
    """Holds a partition against the truth.

    Args:
        clusters: Parquet with `record_id` and `cluster_id`, a row per record.
        truth: Parquet with the columns of `datasets.TRUTH`.

    Raises:
        SystemExit: a record has no cluster or several, or a cluster has a record nobody knows.
    """
    with duckdb.connect() as connection:
        given = _one(connection, f"select count(*) from read_parquet('{clusters}')")
        records = _one(connection, f"select count(*) from read_parquet('{truth}')")
        for statement in CELLS.split(";\n"):
            values = {"truth": str(truth), "clusters": str(clusters)}
            connection.execute(statement, values if "$truth" in statement else None)
        rows, placed = _row(connection, "select count(*), count(cluster_id) from judged")
        if not records == rows == placed == given:
            raise SystemExit(f"{records} records, and {given} places, of which {placed} are theirs")
        bcubed = _row(connection, BCUBED)
        return Quality(
            records=records,
            clusters=_one(connection, "select count(*) from found"),
            persons=_one(connection, "select count(*) from persons"),
            pairs=_one(connection, f"select {PAIRS} from found"),
            right_pairs=_one(connection, f"select {PAIRS} from cells"),
            true_pairs=_one(connection, f"select {PAIRS} from persons"),
            bcubed_precision=bcubed[0] / records,
            bcubed_recall=bcubed[1] / records,
            biggest=_one(connection, "select max(records) from found"),
            household_pairs=_wrong_pairs(connection),
            twin_pairs=_wrong_pairs(connection, "birth_date"),
            namesake_pairs=_wrong_pairs(connection, "first_name"),
        )


def _wrong_pairs(connection: duckdb.DuckDBPyConnection, *alike: str) -> int:
    """Pairs of one cluster and household, and alike besides, that are two persons."""
    columns = ["household_id", *alike]
    known = " and ".join(f"{column} is not null" for column in columns)
    together, right = (
        _one(
            connection,
            f"select {PAIRS} from (select count(*) as records from judged where {known} "
            f"group by cluster_id, {', '.join([*columns, *person])})",
        )
        for person in ((), ("person_id",))
    )
    return together - right


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(_row(connection, query)[0])
