"""The rows one entry landed of one dataset, as DuckDB views with the columns that rules look at."""

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

#: DuckDB spills beyond this into the review's own folder. A million usual rows need a fifth of it;
#: groups of the largest messages that Kafka takes need nearly all, and fail at half of it.
MEMORY = "2GB"
KEYS, ROWS, EVENTS = "landed_keys", "landed_rows", "landed_events"


@dataclass(frozen=True)
class LandedRows:
    """The rows of one dataset that one entry landed, wherever they stand today."""

    zone: LandingZone
    number: int
    dataset: str

    @property
    def files(self) -> list[tuple[int, LandedFile]]:
        """Live data files with such rows: the entry's own, or what compaction made of them."""
        numbers = self.zone.state().numbers
        return [
            found
            for found in self.zone.files(self.dataset)
            if self.number in numbers[found[1].path]
        ]

    def scan(self, columns: Sequence[str]) -> str:
        """SQL for the rows with these columns as landed."""
        found = scan_files(self.zone, self.files, columns)
        return f"(select * from ({found}) where _seq = {self.number})"


@contextmanager
def review_connection(zone: LandingZone) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of bounded memory; what it spills is gone afterwards, even after a kill."""
    with own_folder(zone.root / STAGING, f"review-{token_hex(4)}") as folder:
        connection = connect()
        try:
            # global: Great Expectations opens further connections to the same database
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
    """Creates the views `KEYS` (all rows, deletes too) and `ROWS` (the others).

    Args:
        connection: Where to create them.
        landed: The rows.
        spec: The table's contract.
        now: The instant that ages are measured against.
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
    """Creates a view per event type, named as the type.

    Messages are parsed once, and only for the columns that rules look at.

    Args:
        connection: Where to create them.
        landed: The rows.
        spec: The topic's contract.
        rules: Event type → its rules.
        now: The instant that ages are measured against.
    """
    wanted = {column for of_type in rules.values() for rule in of_type for column in rule.columns}
    paths, columns = _fields(spec, wanted)
    listed = ", ".join(f"'{path}'" for path in paths)
    connection.execute(
        f"""
        create or replace table {EVENTS} as
        select partition, "offset", texts[1] as event_type, {", ".join(columns)},
            {_age("try_cast(texts[2] as timestamptz)", now)}
        from (
            select partition, "offset", json_extract_string(
                coalesce(document::text, try(decode(value))), ['$.type', '$.time', {listed}]
            ) as texts
            from {landed.scan(("partition", "offset", "value", "document"))}
        )
        """
    )
    for event_type in spec.types:
        connection.execute(
            f"create or replace view {sql.name(event_type)} as "
            f"select * from {EVENTS} where event_type = {sql.text(event_type)}"
        )


def _fields(spec: TopicSpec, wanted: Collection[str]) -> tuple[list[str], list[str]]:
    """JSON paths, and the columns made of what they find (from the third on)."""
    found: dict[str, tuple[str, str]] = {}
    for field, name in ENVELOPE.items():
        found[name] = (f"$.{field}", ENVELOPE_TYPES.get(name, TEXT))
    for event_type in spec.types:
        for name, kind in data_columns(event_type).items():
            found[name] = (f"$.data.{name}", kind)
    used = {name: place for name, place in found.items() if name in wanted}
    columns = [
        # strict: an event that kept its contract fits, and one that does not must show
        f"texts[{number}]::{kind} as {sql.name(name)}"
        for number, (name, (_, kind)) in enumerate(used.items(), start=3)
    ]
    return [path for path, _ in used.values()], columns


def _age(moment: str, now: datetime) -> str:
    return f"date_sub('hour', {moment}, {TIMESTAMP} '{now.isoformat()}') as {AGE}"
