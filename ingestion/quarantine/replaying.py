"""Replay the quarantine: validate its messages by the current contracts and land the valid ones.

One manifest entry records both changes, so a message is never lost or duplicated by a crash.
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
#: Messages validated at once; each may have Kafka's maximum size.
CHUNK_ROWS = 2_000

#: Signature of `revalidate`: topic, messages, and the files for valid and invalid messages.
Sort = Callable[[TopicSpec, Iterable[pa.RecordBatch], Path, Path], object]


@dataclass(frozen=True)
class ReplayReport:
    """Result of replaying messages.

    Attributes:
        recovered: Dataset → number of messages that are valid now and were landed.
        remaining: Number of messages that stay in quarantine.
        manifest_entry: Number of the new manifest entry; None if no message was recovered.
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
    """Validate the messages in quarantine again and land those that are valid now.

    Args:
        zone: Landing zone.
        topics: Contracts of the topics to replay; messages of other topics stay.
        sort: `revalidate`, with the Schema Registry bound if there is one.
        progress: Called with dataset and number of recovered messages after each topic.

    Raises:
        AffiliateError: a file is lost or damaged, or the disk is full; nothing was changed.
        ConcurrentRunError: another run rewrote the quarantine at the same time.
    """
    with zone.batch(SOURCE) as batch, closing(connect()) as connection:
        connection.execute(f"SET temp_directory = '{quote(str(batch.folder / 'spill'))}'")
        quarantine = _Quarantine(zone, batch, connection)
        recovered: dict[str, int] = {}
        for topic in topics:
            if rows := quarantine.recover(topic, sort):
                recovered[topic.dataset] = rows
                batch.recover(topic.dataset, rows)
                if progress:
                    progress(topic.dataset, rows)
        if changed := quarantine.changed_files():
            rewrite(zone, changed, batch.stage(DATASET, "quarantine"), keep=quarantine.keep)
            batch.replace(file for _, file in changed)
        entry = batch.commit()
    zone.vacuum()
    remaining = sum(int(kept.sum()) for kept in quarantine.keep.values())
    return ReplayReport(recovered, remaining, entry.number if entry else None)


class _Quarantine:
    """The quarantine during a replay.

    Attributes:
        keep: Path of each file → for each of its rows, whether it stays in quarantine.
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
        connection.execute(f"create view quarantined as {scan_files(zone, self._files, columns)}")

    def recover(self, topic: TopicSpec, sort: Sort) -> int:
        """Stage the messages of a topic that are valid now; return their number."""
        good = list(self._valid(topic, sort))
        if not good:
            return 0
        schema = LANDED.append(pa.field(ORIGIN, pa.int64()))
        rows = (
            batch.select(schema.names).cast(schema)
            for query in good
            for batch in self._read(f"select g.*, q._seq as {ORIGIN} {query}")
        )
        return parquet.write(self._batch.stage(topic.dataset), schema, rows)

    def changed_files(self) -> list[tuple[int, LandedFile]]:
        """Return the files that lose rows."""
        return [found for found in self._files if not self.keep[found[1].path].all()]

    def _valid(self, topic: TopicSpec, sort: Sort) -> Iterator[str]:
        """Yield SQL for the valid messages of each generation, and mark them as removed."""
        for numbers in self._generations(topic):
            mine = f"q.topic = '{quote(topic.name)}' and q._seq in ({', '.join(map(str, numbers))})"
            path = self._batch.folder / f"{next(self._numbers)}.good"
            messages = self._read(f"from quarantined as q where {mine}")
            sort(topic, messages, path, path.with_suffix(".bad"))
            if path.exists():
                found = f"from read_parquet('{quote(str(path))}') as g join quarantined as q "
                query = f'{found} using (partition, "offset") where {mine}'
                rows = self._connection.execute(f"select q.{FILE}, q.{ROW} {query}").fetchall()
                for file, row in rows:
                    self.keep[self._files[file][1].path][row] = False
                yield query

    def _generations(self, topic: TopicSpec) -> list[list[int]]:
        """Group the entries that quarantined messages of the topic by topic ID.

        A recreated topic uses the same offsets again.
        """
        rows = self._connection.execute(
            "select distinct _seq from quarantined where topic = ? order by 1", [topic.name]
        ).fetchall()
        generations: dict[str, list[int]] = {}
        for (number,) in rows:
            position = self._zone.entries()[number - 1].positions.get(topic.dataset, {})
            generations.setdefault(str(position.get("topic_id")), []).append(number)
        return list(generations.values())

    def _read(self, query: str) -> Iterator[pa.RecordBatch]:
        return iter(self._connection.execute(query).to_arrow_reader(CHUNK_ROWS))
