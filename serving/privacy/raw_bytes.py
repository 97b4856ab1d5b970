"""Fourth net: the bytes of a file against everything known, for what no query can decode.

Millions of values are sought in one pass with bounded memory: the first 8 bytes of each value form
a number, a table of bits says for each position of the file whether such a number can begin there,
and the few positions that remain are compared in full. Case of ASCII letters does not matter.

Sought is what cannot come about by chance: 8 bytes and more, not digits only (numbers stored side
by side form every phone number). A value that a decoded text contains was judged there, with its
word boundaries, and is not reported again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from serving.privacy.findings import Finding

_ANCHOR, _LONGEST = 8, 64
_CHUNK, _PAGE = 4 << 20, 4096
_BATCH = 100_000
_TABLE_BITS = 26
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_DIGITS_ONLY = re.compile(rb"[0-9]+")
_LOWER = bytes.maketrans(bytes(range(65, 91)), bytes(range(97, 123)))

Numbers = NDArray[np.uint64]
#: Bytes, and in which file they were found; sorted.
Windows = list[tuple[bytes, str]]

#: One-word names and streets are words of the language; single postal codes are numbers.
_SOUGHT = """
SELECT kind, trim(written) FROM personal
WHERE kind IN ('email', 'phone', 'identifier')
    OR (kind IN ('name', 'street') AND phrase(written) IN (SELECT value FROM known_phrase))
    OR (kind = 'birth_date' AND TRY_CAST(written AS DATE) < (SELECT first_day FROM business_start))
"""


def find(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> list[Finding]:
    """Known values in the files' bytes that no decoded text explains.

    Args:
        connection: With what is known of persons, `release_text` and `own_text` gathered.
        files: File by the group of texts that is in it.
    """
    anchors = [
        np.frombuffer(b"".join(needle[:_ANCHOR] for _, _, needle in batch), "<u8")
        for batch in _needles(connection)
    ]
    if not anchors:
        return []
    sought = np.unique(np.concatenate(anchors))
    table = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
    table[_slot(sought)] = True
    windows = sorted(
        {
            (window, group)
            for group, path in files.items()
            for window in _windows(path, sought, table)
        }
    )
    matched = [
        (group, kind, written)
        for batch in (_needles(connection) if windows else ())
        for kind, written, needle in batch
        for group in _groups(windows, needle)
    ]
    return _unexplained(connection, files, matched) if matched else []


def _groups(windows: Windows, needle: bytes) -> set[str]:
    """The files in which something begins with these bytes."""
    found = set()
    place = bisect_left(windows, (needle, ""))
    while place < len(windows) and windows[place][0].startswith(needle):
        found.add(windows[place][1])
        place += 1
    return found


def _needles(connection: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[str, str, bytes]]]:
    """Batches of (kind, value as written, its first bytes in lower case)."""
    connection.execute(_SOUGHT)
    while rows := connection.fetchmany(_BATCH):
        batch = [
            (kind, written, written.encode().translate(_LOWER)[:_LONGEST]) for kind, written in rows
        ]
        yield [
            needle
            for needle in batch
            if len(needle[2]) >= _ANCHOR and not _DIGITS_ONLY.fullmatch(needle[2])
        ]


def _windows(path: Path, anchors: Numbers, table: NDArray[np.bool_]) -> Iterator[bytes]:
    """What stands in the file wherever one of the anchors begins."""
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(_CHUNK):
            data = kept + _filled(chunk).translate(_LOWER)
            for position in _positions(data, anchors, table):
                yield data[position : position + _LONGEST]
            kept = data[-_LONGEST:]


def _filled(chunk: bytes) -> bytes:
    """Without pages of zeros, which are most of a small file; one stays behind what is filled."""
    whole = len(chunk) // _PAGE
    words = np.frombuffer(chunk, np.uint64, whole * _PAGE // 8).reshape(-1, _PAGE // 8)
    filled: NDArray[np.bool_] = np.asarray(words.any(axis=1))
    filled[1:] |= filled[:-1]
    return words[filled].tobytes() + chunk[whole * _PAGE :]


def _positions(data: bytes, anchors: Numbers, table: NDArray[np.bool_]) -> Iterator[int]:
    for shift in range(_ANCHOR):
        count = (len(data) - shift) // _ANCHOR
        if count <= 0:
            return
        numbers = np.frombuffer(data, "<u8", count, shift)
        maybe = np.flatnonzero(table[_slot(numbers)])
        places = np.minimum(np.searchsorted(anchors, numbers[maybe]), len(anchors) - 1)
        for index in maybe[anchors[places] == numbers[maybe]]:
            yield int(index) * _ANCHOR + shift


def _slot(numbers: Numbers) -> NDArray[np.int64]:
    return ((numbers * _MULTIPLIER) >> np.uint64(64 - _TABLE_BITS)).astype(np.int64)


def _unexplained(
    connection: duckdb.DuckDBPyConnection,
    files: Mapping[str, Path],
    matched: list[tuple[str, str, str]],
) -> list[Finding]:
    groups, kinds, written = zip(*matched, strict=True)
    found = pa.table({"g": groups, "kind": kinds, "written": written})
    connection.register("in_bytes", found)
    counts = connection.execute(
        """
        WITH foreign_bytes AS (
            FROM in_bytes b ANTI JOIN own_text o
            ON o.g = b.g AND lower(trim(o.value)) = lower(b.written)
        )
        SELECT g, kind, count(*) FROM foreign_bytes b
        WHERE NOT EXISTS (
            FROM release_text r
            WHERE r.g = b.g AND NOT r.opaque AND contains(lower(r.value), lower(b.written))
        ) AND NOT EXISTS (
            FROM own_text o WHERE o.g = b.g AND contains(lower(o.value), lower(b.written))
        )
        GROUP BY g, kind ORDER BY g, kind
        """
    ).fetchall()
    connection.unregister("in_bytes")
    return [Finding(files[group].name, "(bytes)", kind, count) for group, kind, count in counts]
