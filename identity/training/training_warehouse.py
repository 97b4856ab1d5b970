"""A temporary warehouse for training: loaded from the landing zone and built by dbt.

The platform's own warehouse is not used. The directory is below the home, because the data is
personal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from secrets import token_hex

import duckdb

from core import private_folders
from core.settings import Settings
from identity.training.levels import Levels
from identity.training.seeds import Version
from ingestion.landing import LandingZone
from warehouse.connection import open_warehouse
from warehouse.load import load

#: Runs dbt on the warehouse of the settings; returns what it printed.
Dbt = Callable[[Settings, Sequence[str]], str]

RULES = '{{ {"levels": identity_levels(), "version": var("identity_weights_version")} | tojson }}'
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
CLUSTERS = "int_identity__clusters"
NORMALISED = "int_identity__normalised_records"


@dataclass(frozen=True)
class MatchingRules:
    """Matching rules of the dbt project.

    Attributes:
        levels: Levels of agreement.
        version: Number of the weights in force.
    """

    levels: Levels
    version: int


@dataclass(frozen=True)
class TrainingWarehouse:
    """The temporary warehouse, on DuckDB whatever the platform's engine is.

    Attributes:
        settings: Settings with a separate home.
        dbt: Function that runs dbt.
    """

    settings: Settings
    dbt: Dbt

    def rules(self) -> MatchingRules:
        """Read the matching rules from the dbt project."""
        printed = self.dbt(self.settings, ("compile", "--inline", RULES))
        found = json.loads(printed[printed.index("{") :])
        return MatchingRules(
            {
                field: [(name, sql) for name, sql in levels]
                for field, levels in found["levels"].items()
            },
            int(found["version"]),
        )

    def build(self, zone: LandingZone) -> None:
        """Load the landing zone and resolve identities with the weights in force."""
        load(self.settings, zone)
        self.dbt(self.settings, ("build", *NO_TESTS, "--select", f"+{CLUSTERS}"))

    def rebuild(self, version: Version) -> None:
        """Resolve identities again with other weights, which are not in the seeds yet."""
        with self.open(read_only=False) as connection:
            for table, rows in (
                ("identity_weights", _weights(version)),
                ("identity_term_weights", _terms(version)),
            ):
                connection.executemany(
                    f"insert into wh.reference.{table} values (?, ?, ?, ?)", rows
                )
        self.dbt(
            self.settings,
            (
                "run",
                "--vars", json.dumps({"identity_weights_version": version.number}),
                "--select", f"{NORMALISED}+,+{CLUSTERS}", "int_identity__weights",
                "--exclude", NORMALISED,
            ),
        )  # fmt: skip

    def open(self, *, read_only: bool = True) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Open a connection with the warehouse attached as `wh`."""
        return open_warehouse(self.settings, read_only=read_only)


@contextmanager
def training_warehouse(settings: Settings, dbt: Dbt) -> Iterator[TrainingWarehouse]:
    """Create an empty warehouse and delete it afterwards, and those of killed trainings."""
    private_folders.sweep(settings.training_path)
    with private_folders.own_folder(settings.training_path, token_hex(8)) as folder:
        changed = {"home": folder, "engine": "duckdb", "warehouse_dsn": None}
        yield TrainingWarehouse(settings.model_copy(update=changed), dbt)


def _weights(version: Version) -> list[tuple[int, str, str, int]]:
    return [
        (version.number, field, level, weight)
        for field, levels in version.weights.items()
        for level, weight in levels.items()
    ]


def _terms(version: Version) -> list[tuple[int, str, str, int]]:
    return [(version.number, *key, weight) for key, weight in sorted(version.terms.items())]
