"""Write chunks: rows to the OLTP, messages to the broker, and count both."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pyarrow as pa

from oltp.world import load
from oltp.world.broker import Broker
from oltp.world.chunk import Chunk
from oltp.world.events.messages import Message
from oltp.world.spec import WorldSummary

Progress = Callable[[str, int], None]


class Writer:
    """Writes and counts.

    Args:
        connection: The OLTP, inside a transaction.
        broker: Where messages go; None counts them only.
        progress: Called with a table or topic and what was written to it so far.
    """

    def __init__(
        self, connection: psycopg.Connection, broker: Broker | None, progress: Progress | None
    ) -> None:
        self.connection = connection
        self.summary = WorldSummary()
        self._broker = broker
        self._progress = progress

    def write(self, chunk: Chunk) -> None:
        """Write a chunk, except its truth."""
        for table, rows in chunk.tables.items():
            self.copy(table, rows)
        self.send(chunk.good, chunk.bad, chunk.bad_kinds)

    def copy(self, table: str, rows: pa.Table) -> None:
        """Write rows to a table."""
        load.copy(self.connection, table, rows)
        self.count_rows(table, rows.num_rows)

    def count_rows(self, table: str, number: int) -> None:
        """Count rows that a statement of the caller wrote, changed or deleted."""
        self.summary.rows[table] = self.summary.rows.get(table, 0) + number
        self._report(table, self.summary.rows[table])

    def send(
        self,
        good: dict[str, list[Message]],
        bad: dict[str, list[Message]],
        bad_kinds: dict[str, int],
    ) -> None:
        """Send messages by topic, with the malformed ones among the valid ones."""
        if self._broker is None:
            return
        summary = self.summary
        for topic, queue in good.items():
            mixed = sorted([*queue, *bad.get(topic, [])], key=lambda message: message.arrival)
            self._broker.send(topic, mixed)
            summary.events[topic] = summary.events.get(topic, 0) + len(queue)
            self._report(topic, summary.events[topic])
        for kind, number in bad_kinds.items():
            summary.bad_events[kind] = summary.bad_events.get(kind, 0) + number

    def _report(self, what: str, so_far: int) -> None:
        if self._progress:
            self._progress(what, so_far)
