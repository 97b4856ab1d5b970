"""Sorts raw messages by their contract: good ones to the topic's file, the others to quarantine."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ingestion.contracts.topics import TopicSpec
from ingestion.contracts.validation import reasons
from ingestion.landing import parquet
from ingestion.warehouse.connection import connect, quote


class Sorter:
    """Judges topics one by one, and keeps where the bad messages are.

    Args:
        temporary: Private folder where DuckDB may spill.
    """

    def __init__(self, temporary: Path) -> None:
        self._connection = connect()
        self._connection.execute(f"SET temp_directory = '{quote(str(temporary / 'spill'))}'")
        self._connection.execute("SET preserve_insertion_order = false")
        self._connection.execute(
            'create table bad (topic text, partition integer, "offset" bigint, reason text)'
        )
        self._raw: list[Path] = []

    def sort(self, topic: TopicSpec, raw: Path, landed: Path) -> Counter[str]:
        """Writes the good messages of a topic to `landed`.

        Args:
            topic: The contract.
            raw: Everything that was read from the topic.
            landed: File to write. It is the raw file itself, moved, when all messages are good.

        Returns:
            Reason code → number of bad messages.
        """
        self._connection.execute(
            f'insert into bad select topic, partition, "offset", reason '
            f"from ({reasons(topic, _scan(raw))}) where reason is not null"
        )
        found = self._connection.execute(
            "select reason, count(*) from bad where topic = ? group by reason", [topic.name]
        )
        bad = Counter(dict(found.fetchall()))
        if not bad:
            raw.rename(landed)
            return bad
        self._raw.append(raw)
        self._write(f'from {_scan(raw)} anti join bad using (topic, partition, "offset")', landed)
        return bad

    def write_bad(self, path: Path) -> None:
        """Writes the bad messages of all topics, bytes untouched, with stage and reason."""
        raw = " union all ".join(f"from {_scan(path)}" for path in self._raw)
        if raw:
            stage = "case when contains(reason, ':') or reason = 'unknown_type' "
            stage += "then 'contract' else 'decode' end as stage"
            query = f"select r.*, {stage}, reason from ({raw}) as r join bad "
            self._write(f'{query} using (topic, partition, "offset")', path)

    def close(self) -> None:
        """Frees the memory."""
        self._connection.close()

    def _write(self, query: str, path: Path) -> None:
        reader = self._connection.execute(query).to_arrow_reader(parquet.ROWS_PER_GROUP)
        parquet.write(path, reader.schema, reader)


def _scan(path: Path) -> str:
    return f"read_parquet('{quote(str(path))}')"
