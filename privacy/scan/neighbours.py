"""Texts that DuckDB stores back to back may spell together what neither of them says.

`Brown, Madison` and ` White, Michael` read `Madison White`, who may be somebody else. Each text was
judged by itself, so such a find tells of nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class Place:
    """Where in a file a value was found.

    Attributes:
        before: Bytes in front of it.
        after: Bytes from its first on.
        length: Bytes of the value.
    """

    before: bytes
    after: bytes
    length: int

    def halves(self) -> Iterator[tuple[set[bytes], set[bytes]]]:
        """For each joint within the value, the bytes that may be a text up to it, and from it."""
        data, start = self.before + self.after, len(self.before)
        end = start + self.length
        for joint in range(start + 1, end):
            yield (
                {data[first:joint] for first in range(start + 1)},
                {data[joint:last] for last in range(end, len(data) + 1)},
            )


def spelled(
    connection: duckdb.DuckDBPyConnection, group: str, places: Mapping[bytes, Collection[Place]]
) -> set[bytes]:
    """The values that two whole texts of the file make up wherever they stand.

    Args:
        connection: With `release_text` and `own_text` gathered.
        group: Of the file's texts.
        places: Where each value stands in the file.
    """
    pieces = {
        piece
        for each in places.values()
        for place in each
        for halves in place.halves()
        for half in halves
        for piece in half
    }
    connection.register("candidate", pa.table({"piece": pa.array(pieces, pa.binary())}))
    rows = connection.execute(
        """
        WITH texts AS (
            SELECT value FROM own_text WHERE g = $g
            UNION ALL SELECT value FROM release_text WHERE g = $g
        )
        SELECT DISTINCT encode(value) FROM texts SEMI JOIN candidate ON piece = encode(value)
        """,
        {"g": group},
    ).fetchall()
    connection.unregister("candidate")
    texts = {row[0] for row in rows}
    return {
        value
        for value, each in places.items()
        if all(any(texts & left and texts & right for left, right in one.halves()) for one in each)
    }
