"""Recognises matches that only arise where DuckDB stores two texts next to each other.

`Brown, Madison` followed by ` White, Michael` contains `Madison White`, who may be another person.
The text scanner has checked each text by itself, so such a match is not a leak.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from core import sql


@dataclass(frozen=True)
class ByteMatch:
    """An occurrence of a value in the bytes of a file.

    Attributes:
        before: Bytes before it.
        after: Bytes from its first byte on.
        length: Length of the value in bytes.
    """

    before: bytes
    after: bytes
    length: int

    def halves(self) -> Iterator[tuple[set[bytes], set[bytes]]]:
        """For each boundary in the value: texts that may end there, texts that may begin there."""
        data, start = self.before + self.after, len(self.before)
        end = start + self.length
        for boundary in range(start + 1, end):
            yield (
                {data[first:boundary] for first in range(start + 1)},
                {data[boundary:last] for last in range(end, len(data) + 1)},
            )


def split_across_texts(
    connection: duckdb.DuckDBPyConnection,
    group: str,
    matches: Mapping[bytes, Collection[ByteMatch]],
) -> set[bytes]:
    """The values that consist of two adjacent texts of the file at every occurrence.

    Args:
        connection: With `release_text` and `own_text` loaded.
        group: Group of the file's texts.
        matches: All occurrences of each value in the file.
    """
    pieces = {
        piece
        for each in matches.values()
        for match in each
        for halves in match.halves()
        for half in halves
        for piece in half
    }
    connection.register("candidate", pa.table({"piece": pa.array(pieces, pa.binary())}))
    query = sql.load(__package__, "adjacent_texts")
    rows = connection.execute(query, {"file_group": group}).fetchall()
    connection.unregister("candidate")
    texts = {row[0] for row in rows}
    return {
        value
        for value, each in matches.items()
        if all(any(texts & left and texts & right for left, right in one.halves()) for one in each)
    }
