"""Validate messages: a fast pattern match first, exact validation for those it does not accept."""

from __future__ import annotations

from collections import Counter
from importlib.resources.abc import Traversable
from itertools import accumulate

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contracts.schemas import EVENTS
from contracts.topics import TopicSpec
from ingestion.validation.matcher import Matcher
from ingestion.validation.reasons import reasons
from ingestion.validation.rows import INDEX, query_in_order
from ingestion.validation.schema_rules import rules
from ingestion.validation.shapes import Shape, limits, shape

#: Messages sampled from a table to learn the current shapes of documents.
SAMPLE = 500
MAX_SHAPES = 16
#: Maximum length of the combined pattern; RE2 rejects patterns of about three times this length.
MAX_PATTERN_LENGTH = 100_000
#: If exact validation gets a larger share of the messages, the shapes are learned again.
MAX_DOUBTFUL_SHARE = 0.1


class TopicValidator:
    """Validates the messages of one topic.

    Args:
        connection: In-memory DuckDB connection; tables are registered in it by name.
        topic: Contract of the topic.
        folder: Folder of the schemas.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        topic: TopicSpec,
        folder: Traversable = EVENTS,
    ) -> None:
        self._connection = connection
        self._rules = rules(topic, folder)
        self._limits = limits(self._rules)
        self._reasons = reasons(topic, "messages", folder)
        self._matcher = Matcher([], self._limits)
        self._must_learn = True

    def reasons(self, messages: pa.Table) -> tuple[np.ndarray, list[str]]:
        """Find invalid messages.

        Args:
            messages: Table with the columns `value`, `document` and `fault`; see
                `validation.reasons`.

        Returns:
            Row numbers of the invalid messages, ascending, and their reason codes.
        """
        if self._must_learn:
            self._learn(messages.take(np.arange(0, len(messages), len(messages) // SAMPLE + 1)))
        doubtful = np.flatnonzero(~self.accepted(messages))
        self._must_learn = len(doubtful) > len(messages) * MAX_DOUBTFUL_SHARE
        if not len(doubtful):
            return doubtful, []
        found = self._exactly(messages.take(doubtful))
        bad = found.is_valid().to_numpy(zero_copy_only=False)
        return doubtful[bad], found.drop_null().to_pylist()

    def accepted(self, messages: pa.Table) -> np.ndarray:
        """Return for each message whether the fast match accepts it."""
        is_sound = pc.is_null(messages["fault"]).to_numpy()
        fine: np.ndarray = self._matcher.matches(_texts(messages)) & is_sound
        return fine

    def _learn(self, sample: pa.Table) -> None:
        """Learn the most common shapes of valid messages."""
        good = sample.filter(pc.is_null(self._exactly(sample)))
        texts = (text.decode() for text in _texts(good).to_pylist())
        found = Counter(known for text in texts if (known := shape(text, self._rules)))
        self._matcher = Matcher(_fitting(found), self._limits)

    def _exactly(self, messages: pa.Table) -> pa.ChunkedArray:
        """Validate exactly; return the reason code of each message, or null if it is valid."""
        query = f"select {INDEX}, reason from ({self._reasons})"
        return query_in_order(self._connection, "messages", messages, query)["reason"]


def _fitting(found: Counter[Shape]) -> list[Shape]:
    """Return the most common shapes whose combined pattern is short enough."""
    shapes = [known for known, _ in found.most_common(MAX_SHAPES)]
    sizes = accumulate(len(known.expression) for known in shapes)
    return [known for known, size in zip(shapes, sizes, strict=True) if size <= MAX_PATTERN_LENGTH]


def _texts(messages: pa.Table) -> pa.Array:
    """Return the JSON of each message as bytes; one array, so that patterns are compiled once."""
    values, documents = messages["value"], messages["document"]
    if documents.null_count < len(documents):
        values = pc.coalesce(documents.cast(pa.binary()), values)
    return values.combine_chunks()
