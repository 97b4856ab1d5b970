"""Judges messages: the cheap test first, the exact one on the few that it does not accept."""

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
from ingestion.validation.rows import answers
from ingestion.validation.schema_rules import rules
from ingestion.validation.shapes import Shape, limits, shape

#: Messages of a table that show how documents are shaped at present.
SAMPLE = 500
MOST_SHAPES = 16
#: Characters of their expressions; RE2 refuses some three times as long.
MOST_TEXT = 100_000
#: Share of messages left to the exact judge above which the shapes are looked at anew.
MOST_DOUBTFUL = 0.1


class TopicValidator:
    """Decides for one topic which messages keep the contract.

    Args:
        connection: In-memory DuckDB; relations are registered in it by name.
        topic: The contract.
        folder: Where the schemas are.
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
        self._reasons = reasons(topic, "judged", folder)
        self._matcher = Matcher([], self._limits)
        self._must_learn = True

    def reasons(self, messages: pa.Table) -> tuple[np.ndarray, list[str]]:
        """Which messages are bad, and why.

        Args:
            messages: With the columns `value`, `document` and `fault`, as `validation.reasons`.

        Returns:
            Places of the bad messages in the table, ascending, and their reason codes.
        """
        if self._must_learn:
            self._learn(messages.take(np.arange(0, len(messages), len(messages) // SAMPLE + 1)))
        doubtful = np.flatnonzero(~self.accepted(messages))
        self._must_learn = len(doubtful) > len(messages) * MOST_DOUBTFUL
        if not len(doubtful):
            return doubtful, []
        found = self._exactly(messages.take(doubtful))
        bad = found.is_valid().to_numpy(zero_copy_only=False)
        return doubtful[bad], found.drop_null().to_pylist()

    def accepted(self, messages: pa.Table) -> np.ndarray:
        """Per message, whether the cheap test alone takes it."""
        is_sound = pc.is_null(messages["fault"]).to_numpy()
        fine: np.ndarray = self._matcher.matches(_texts(messages)) & is_sound
        return fine

    def _learn(self, sample: pa.Table) -> None:
        """Remembers the commonest shapes of good messages."""
        good = sample.filter(pc.is_null(self._exactly(sample)))
        texts = (text.decode() for text in _texts(good).to_pylist())
        found = Counter(known for text in texts if (known := shape(text, self._rules)))
        self._matcher = Matcher(_fitting(found), self._limits)

    def _exactly(self, messages: pa.Table) -> pa.ChunkedArray:
        """Per message the reason why it is bad, or null."""
        query = f"select place, reason from ({self._reasons})"
        return answers(self._connection, "judged", messages, query)["reason"]


def _fitting(found: Counter[Shape]) -> list[Shape]:
    """The commonest shapes that one expression has room for."""
    shapes = [known for known, _ in found.most_common(MOST_SHAPES)]
    sizes = accumulate(len(known.expression) for known in shapes)
    return [known for known, size in zip(shapes, sizes, strict=True) if size <= MOST_TEXT]


def _texts(messages: pa.Table) -> pa.Array:
    """The bytes of every message's JSON; as one array, so that expressions are compiled once."""
    values, documents = messages["value"], messages["document"]
    if documents.null_count < len(documents):
        values = pc.coalesce(documents.cast(pa.binary()), values)
    return values.combine_chunks()
