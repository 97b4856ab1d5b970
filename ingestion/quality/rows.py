"""DuckDB views of the rows of one batch, with the columns that rules check."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

import duckdb

from contracts.tables import TEXT, TIMESTAMP, TableSpec
from contracts.topics import TopicSpec
from core import sql
from core.duckdb_session import connect
from core.private_folders import own_folder
from ingestion.landing import LandingZone
from ingestion.landing.manifest import LandedFile
from ingestion.landing.scan import scan_files
from ingestion.landing.zone import STAGING
from ingestion.quality.event_rules import ENVELOPE, ENVELOPE_TYPES, data_columns
from ingestion.quality.freshness import AGE
from ingestion.quality.rules import QualityRule

#: DuckDB spills to disk beyond this limit. A million typical rows need a fifth of it; row groups of
#: messages of Kafka's maximum size need almost all of it and fail with half.
MEMORY = "2GB"
KEYS, ROWS, EVENTS = "landed_keys", "landed_rows", "landed_events"


@dataclass(frozen=True)
class LandedRows:
    """Rows of one dataset from one manifest entry, including rows in compacted files."""

    zone: LandingZone
    number: int
    dataset: str

    @property
    def files(self) -> list[tuple[int, LandedFile]]:
        """Live data files that contain rows of the batch."""
        numbers = self.zone.state().numbers
        return [
            found
            for found in self.zone.files(self.dataset)
            if self.number in numbers[found[1].path]
        ]

    def scan(self, columns: Sequence[str]) -> str:
        """Return SQL that selects these columns of the rows, as landed."""
        found = scan_files(self.zone, self.files, columns)
        return f"(select * from ({found}) where _seq = {self.number})"


@contextmanager
def review_connection(zone: LandingZone) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB connection with limited memory; its spill folder is always deleted."""
    with own_folder(zone.root / STAGING, f"review-{token_hex(4)}") as folder:
        connection = connect()
        try:
            # global, because Great Expectations opens more connections to this database
            connection.execute("set global TimeZone = 'UTC'")
            connection.execute(f"set memory_limit = '{MEMORY}'")
            connection.execute(f"set temp_directory = {sql.text(str(folder))}")
            connection.execute("set preserve_insertion_order = false")
            yield connection
        finally:
            connection.close()


def table_views(
    connection: duckdb.DuckDBPyConnection, landed: LandedRows, spec: TableSpec, now: datetime
) -> None:
    """Create the views `KEYS` (all rows, including deletes) and `ROWS` (all except deletes).

    Args:
        connection: DuckDB connection in which the views are created.
        landed: Rows of the batch.
        spec: Contract of the table.
        now: Time of the validation; ages are measured against it.
    """
    types = {**dict(spec.all_columns), "_issues": TEXT, "_op": TEXT}
    scan = landed.scan(list(types))
    columns = ", ".join(
        f"{sql.name(name)}::{kind} as {sql.name(name)}" for name, kind in types.items()
    )
    keys = sql.names(spec.primary_key)
    connection.execute(f"create or replace view {KEYS} as select {keys} from {scan}")
    connection.execute(
        f"create or replace view {ROWS} as select *, {_age('updated_at', now)} "
        f"from (select {columns} from {scan}) where _op is distinct from 'delete'"
    )


def event_views(
    connection: duckdb.DuckDBPyConnection,
    landed: LandedRows,
    spec: TopicSpec,
    rules: Mapping[str, Sequence[QualityRule]],
    now: datetime,
) -> None:
    """Create one view per event type, named after the type.

    Messages are parsed once, and only the columns that rules check are extracted.

    Args:
        connection: DuckDB connection in which the views are created.
        landed: Rows of the batch.
        spec: Contract of the topic.
        rules: Event type → its rules.
        now: Time of the validation; ages are measured against it.
    """
    used = {column for of_type in rules.values() for rule in of_type for column in rule.columns}
    paths, columns = _fields(spec, used)
    connection.execute(
        sql.load(
            __package__,
            "landed_events",
            table=EVENTS,
            columns=", ".join(columns),
            age=_age("try_cast(texts[2] as timestamptz)", now),
            paths=", ".join(map(sql.text, paths)),
            rows=landed.scan(("partition", "offset", "value", "document")),
        )
    )
    for event_type in spec.types:
        connection.execute(
            f"create or replace view {sql.name(event_type)} as "
            f"select * from {EVENTS} where event_type = {sql.text(event_type)}"
        )


def _fields(spec: TopicSpec, wanted: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the JSON paths to extract, and SQL for their columns (`texts[3]` and following)."""
    found: dict[str, tuple[str, str]] = {}
    for field, name in ENVELOPE.items():
        found[name] = (f"$.{field}", ENVELOPE_TYPES.get(name, TEXT))
    for event_type in spec.types:
        for name, kind in data_columns(event_type).items():
            found[name] = (f"$.data.{name}", kind)
    used = {name: field for name, field in found.items() if name in wanted}
    columns = [
        # strict casts: a valid event fits its types, and any other must fail visibly
        f"texts[{number}]::{kind} as {sql.name(name)}"
        for number, (name, (_, kind)) in enumerate(used.items(), start=3)
    ]
    return [path for path, _ in used.values()], columns


def _age(moment: str, now: datetime) -> str:
    return f"date_sub('hour', {moment}, {TIMESTAMP} '{now.isoformat()}') as {AGE}"
