"""The platform as a contender: its dbt project, built by dbt as in production.

Statements and what lies before them are left out: the data set takes the place of the table
`int_identity__records`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.identity.datasets import RECORDS
from benchmarks.shared.programs import run_program
from core.settings import Settings
from identity import land
from ingestion.landing import LandingZone
from orchestration.lib.dbt import artefacts, build_environment
from warehouse.load import load

LIMIT_SECONDS = 3600
DBT = str(Path(sys.executable).parent / "dbt")
NORMALISED = "model.affiliate.int_identity__normalised_records"
CLUSTERS = "model.affiliate.int_identity__clusters"
BUILD = (
    "build",
    "--select", "+path:models/identity",
    "--exclude", "int_identity__records", "int_identity__statements", "stg_events__customers",
    "path:models/staging/oltp",
    "--exclude-resource-type", "test", "unit_test",
)  # fmt: skip
#: What the peers get: the platform's normalised columns, and what was typed besides.
PREPARED = """
select
    normalised.record_id,
    normalised.first_name,
    normalised.surname,
    normalised.email_key as email,
    normalised.phone_key as phone,
    normalised.identifier_key as identifier,
    normalised.birth_date,
    normalised.postal_code,
    nullif(normalised.gender, 'unknown') as gender,
    typed.full_name as full_name_typed,
    typed.email as email_typed,
    typed.phone as phone_typed,
    typed.* exclude (
        affiliate_customer_id, full_name, email, phone, gender, birth_date, identifier,
        identifier_type, postal_code, country, known_from, known_since, last_stated_at
    )
from identity.int_identity__normalised_records as normalised
inner join read_parquet('{records}') as typed using (affiliate_id, affiliate_customer_id)
"""


@dataclass(frozen=True)
class Build:
    """What a build took.

    Attributes:
        normalising: Seconds of the models up to the normalised records.
        resolving: From there to the persons.
        keeping: Ids, ledger and all that comes after.
        wall: Of the whole program.
        peak_mb: Most memory it held.
    """

    normalising: float
    resolving: float
    keeping: float
    wall: float
    peak_mb: float


class Platform:
    """One home of the platform, empty at first.

    Args:
        home: Directory for the warehouse, the landing zone and all else.
    """

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, engine="duckdb", warehouse_dsn=None)
        self.zone = LandingZone(self.settings.landing_path)

    def build(self, records: Path | str, as_of: datetime) -> Build:
        """Makes persons of records.

        Args:
            records: Parquet file, or a query in parentheses, with the columns of `RECORDS`.
            as_of: The build's now.
        """
        load(self.settings, self.zone)
        source = f"read_parquet('{records}')" if isinstance(records, Path) else records
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'; create schema if not exists identity")
            connection.execute(
                "create or replace table identity.int_identity__records as "
                f"select {', '.join(RECORDS.names)} from {source}"
            )
        environment = build_environment(self.settings, as_of)
        _, wall, peak_mb = run_program([DBT, *BUILD], environment, LIMIT_SECONDS)
        return _measured(artefacts(self.settings) / "target", wall, peak_mb)

    def land(self) -> None:
        """Lands the ids of the last build, as the step after a build of the whole project does."""
        target = artefacts(self.settings) / "target" / "run_results.json"
        metadata = json.loads(target.read_text())["metadata"]
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute(
                "insert into meta.build select now(), max(seq), ? from raw.loaded_file",
                [metadata["invocation_id"]],
            )
        land(self.settings, self.zone)

    def export(self, query: str, path: Path) -> None:
        """Writes what a query on the warehouse gives as Parquet."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            connection.execute(f"set TimeZone = 'UTC'; copy ({query}) to '{path}' (format parquet)")


def _measured(target: Path, wall: float, peak_mb: float) -> Build:
    results = json.loads((target / "run_results.json").read_text())["results"]
    parents = json.loads((target / "manifest.json").read_text())["parent_map"]
    normalising, resolving = _ancestors(parents, NORMALISED), _ancestors(parents, CLUSTERS)
    parts = {"normalising": 0.0, "resolving": 0.0, "keeping": 0.0}
    for result in results:
        node = result["unique_id"]
        is_early = node in normalising or node.startswith("seed.")
        part = "normalising" if is_early else "resolving" if node in resolving else "keeping"
        parts[part] += result["execution_time"]
    return Build(**parts, wall=wall, peak_mb=peak_mb)


def _ancestors(parents: Mapping[str, Any], node: str) -> set[str]:
    """A node and everything it is made from."""
    known, todo = set(), [node]
    while todo:
        if (current := todo.pop()) not in known:
            known.add(current)
            todo += parents.get(current, [])
    return known
