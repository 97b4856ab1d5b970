"""Validate messages: valid ones go to the topic's file, invalid ones to quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.schemas import EVENTS
from contracts.topics import TopicSpec
from core.duckdb_session import connect
from ingestion.kafka.columns import SCHEMA
from ingestion.kafka.documents import with_documents
from ingestion.kafka.registry import Registry
from ingestion.landing import parquet
from ingestion.landing.exclusion import Exclusion
from ingestion.validation.validator import TopicValidator

#: Of a landed file: the message, and its JSON where the value itself is not it.
LANDED = SCHEMA.append(pa.field("document", pa.string()))
#: Of a quarantine file: the message, where it failed (`decode`, `contract`) and why.
QUARANTINED = SCHEMA.append(pa.field("stage", pa.string())).append(pa.field("reason", pa.string()))


def revalidate(
    topic: TopicSpec,
    messages: Iterable[pa.RecordBatch],
    good: Path,
    bad: Path,
    registry: Registry | None = None,
) -> Counter[str]:
    """Validate messages that were read before, by the current contract.

    Args:
        topic: The contract.
        messages: Of this topic, with the columns of `SCHEMA` and maybe more.
        good: File to write, columns as in `LANDED`; not written without a good message.
        bad: File to write, columns as in `QUARANTINED`; not written without a bad message.
        registry: Decodes what a Schema Registry's serialiser wrote.

    Returns:
        Reason code → number of messages that are still invalid.
    """
    with MessageValidator(bad, registry) as validator:
        validator.open(topic, good)
        for batch in messages:
            validator.sort(topic.name, pa.Table.from_batches([batch]).select(SCHEMA.names))
        return validator.bad[topic.name]


class MessageValidator:
    """Validates messages and writes each to its file; a context manager.

    Args:
        bad: Quarantine file for all topics; not written without a bad message.
        registry: Decodes what a Schema Registry's serialiser wrote.
        folder: Where the schemas of the contracts are.
        exclusion: Whose messages are dropped.

    Attributes:
        good: Topic → number of good messages so far.
        bad: Topic → reason code → number of bad messages so far.
        erased: Topic → number of dropped messages so far.
    """

    def __init__(
        self,
        bad: Path,
        registry: Registry | None = None,
        folder: Traversable = EVENTS,
        exclusion: Exclusion | None = None,
    ) -> None:
        self._connection = connect()
        self._registry, self._folder = registry, folder
        self._exclusion = exclusion or Exclusion()
        self._topics: dict[str, TopicSpec] = {}
        self._validators: dict[str, TopicValidator] = {}
        self._quarantine = _File(bad, QUARANTINED)
        self._files: dict[str, _File] = {}
        self.good: Counter[str] = Counter()
        self.bad: dict[str, Counter[str]] = {}
        self.erased: Counter[str] = Counter()

    def open(self, topic: TopicSpec, good: Path) -> None:
        """Register a topic and the file for its valid messages, which is created if needed."""
        self._topics[topic.name] = topic
        self._files[topic.name] = _File(good, LANDED)
        self.bad[topic.name] = Counter()

    def sort(self, topic: str, messages: pa.Table) -> None:
        """Validate and write messages of one topic, with the columns of `SCHEMA`.

        Raises:
            ConfigurationError: the Schema Registry is unreachable.
        """
        complete = with_documents(self._connection, messages, self._registry)
        erased = self._exclusion.messages(self._topics[topic], complete)
        if erased.any():
            self.erased[topic] += int(erased.sum())
            messages, complete = messages.filter(~erased), complete.filter(~erased)
        places, reasons = self._validator(topic).reasons(complete)
        self.good[topic] += len(messages) - len(places)
        landed = complete.select(LANDED.names)
        if len(places):
            self.bad[topic].update(reasons)
            aside = messages.take(places)
            stages = ["contract" if _is_contract(reason) else "decode" for reason in reasons]
            aside = aside.append_column("stage", pa.array(stages, pa.string()))
            self._quarantine.write(aside.append_column("reason", pa.array(reasons, pa.string())))
            landed = landed.filter(np.isin(np.arange(len(landed)), places, invert=True))
        self._files[topic].write(landed)

    def _validator(self, topic: str) -> TopicValidator:
        if topic not in self._validators:
            spec = self._topics[topic]
            self._validators[topic] = TopicValidator(self._connection, spec, self._folder)
        return self._validators[topic]

    def __enter__(self) -> MessageValidator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        for file in (*self._files.values(), self._quarantine):
            file.close()
        self._connection.close()


class _File:
    """A Parquet file that is created when its first row is written."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        if len(table):
            self._writer = self._writer or parquet.open_writer(self._path, self._schema)
            self._writer.write_table(table.cast(self._schema), parquet.ROWS_PER_GROUP)

    def close(self) -> None:
        if self._writer:
            self._writer.close()


def _is_contract(reason: str) -> bool:
    return ":" in reason or reason in ("unknown_type", "unknown_version")
