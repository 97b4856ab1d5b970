"""Another try for what was set aside: judged by today's contracts, landed where it is good now.

One manifest entry says both, so a message is either in quarantine or landed, also after a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from contracts.topics import TOPICS, TopicSpec
from core.duckdb_session import connect
from core.sql import quote
from ingestion.kafka.columns import SCHEMA
from ingestion.kafka.message_validator import LANDED, revalidate
from ingestion.landing import Batch, LandedFile, LandingZone, parquet
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.offsets import ORIGIN
from ingestion.landing.rewrite import rewrite
from ingestion.landing.scan import FILE, ROW, scan_files

SOURCE = "replay"
DATASET = "quarantine/kafka"
#: Messages judged at once; each may be as large as Kafka lets it be.
CHUNK_ROWS = 2_000

#: As `revalidate`: topic, messages, and the files to write good and bad ones to.
Sort = Callable[[TopicSpec, Iterable[pa.RecordBatch], Path, Path], object]


@dataclass(frozen=True)
class ReplayReport:
    """What a replay did.

    Attributes:
        recovered: Dataset → messages that are good now and landed.
        remaining: Messages that stay in quarantine.
        manifest_entry: Number of the entry that says so; None when no message is good now.
    """

    recovered: dict[str, int] = field(default_factory=dict)
    remaining: int = 0
    manifest_entry: int | None = None


def replay(
    zone: LandingZone,
    topics: Sequence[TopicSpec] = TOPICS,
    *,
    sort: Sort = revalidate,
    progress: Callable[[str, int], None] | None = None,
) -> ReplayReport:
    """Judges the messages in quarantine again and lands those that are good now.

    Args:
        zone: The landing zone.
        topics: Contracts of the topics to try again; messages of others stay.
        sort: `revalidate`, with the Schema Registry bound if there is one.
        progress: Called with dataset and messages recovered, after each topic.

    Raises:
        AffiliateError: a file is lost or damaged, or the disk is full; nothing was changed.
        ConcurrentRunError: another run rewrote the quarantine meanwhile.
    """
    with zone.batch(SOURCE) as batch, closing(connect()) as connection:
        connection.execute(f"SET temp_directory = '{quote(str(batch.folder / 'spill'))}'")
        aside = _Quarantine(zone, batch, connection)
        recovered: dict[str, int] = {}
        for topic in topics:
            if rows := aside.recover(topic, sort):
                recovered[topic.dataset] = rows
                batch.recover(topic.dataset, rows)
                if progress:
                    progress(topic.dataset, rows)
        if touched := aside.touched():
            rewrite(zone, touched, batch.stage(DATASET, "quarantine"), keep=aside.keep)
            batch.replace(file for _, file in touched)
        entry = batch.commit()
    zone.vacuum()
    remaining = sum(int(kept.sum()) for kept in aside.keep.values())
    return ReplayReport(recovered, remaining, entry.number if entry else None)


class _Quarantine:
    """The quarantine, and which of its rows stay there.

    Attributes:
        keep: Path of each file → whether each of its rows stays.
    """

    def __init__(
        self, zone: LandingZone, batch: Batch, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self._zone, self._batch, self._connection = zone, batch, connection
        self._numbers = count()
        self._files = zone.live(DATASET)
        for _, file in self._files:
            verify_checksum(zone, file)
        self.keep = {file.path: np.ones(file.rows, np.bool_) for _, file in self._files}
        columns = [*SCHEMA.names, FILE, ROW]
        connection.execute(f"create view aside as {scan_files(zone, self._files, columns)}")

    def recover(self, topic: TopicSpec, sort: Sort) -> int:
        """Stages a topic's messages that are good now; returns how many."""
        good = list(self._sorted(topic, sort))
        if not good:
            return 0
        schema = LANDED.append(pa.field(ORIGIN, pa.int64()))
        rows = (
            batch.select(schema.names).cast(schema)
            for query in good
            for batch in self._read(f"select g.*, a._seq as {ORIGIN} {query}")
        )
        return parquet.write(self._batch.stage(topic.dataset), schema, rows)

    def touched(self) -> list[tuple[int, LandedFile]]:
        """Files of which some rows do not stay."""
        return [found for found in self._files if not self.keep[found[1].path].all()]

    def _sorted(self, topic: TopicSpec, sort: Sort) -> Iterator[str]:
        """SQL for the good messages of each generation, which leave the quarantine."""
        for numbers in self._generations(topic):
            mine = f"a.topic = '{quote(topic.name)}' and a._seq in ({', '.join(map(str, numbers))})"
            path = self._batch.folder / f"{next(self._numbers)}.good"
            messages = self._read(f"from aside as a where {mine}")
            sort(topic, messages, path, path.with_suffix(".bad"))
            if path.exists():
                found = f"from read_parquet('{quote(str(path))}') as g join aside as a "
                query = f'{found} using (partition, "offset") where {mine}'
                places = self._connection.execute(f"select a.{FILE}, a.{ROW} {query}").fetchall()
                for file, row in places:
                    self.keep[self._files[file][1].path][row] = False
                yield query

    def _generations(self, topic: TopicSpec) -> list[list[int]]:
        """Entries that set messages of the topic aside, by identity of the topic.

        A topic that was created again has the same offsets once more.
        """
        rows = self._connection.execute(
            "select distinct _seq from aside where topic = ? order by 1", [topic.name]
        ).fetchall()
        generations: dict[str, list[int]] = {}
        for (number,) in rows:
            position = self._zone.entries()[number - 1].positions.get(topic.dataset, {})
            generations.setdefault(str(position.get("topic_id")), []).append(number)
        return list(generations.values())

    def _read(self, query: str) -> Iterator[pa.RecordBatch]:
        return iter(self._connection.execute(query).to_arrow_reader(CHUNK_ROWS))
