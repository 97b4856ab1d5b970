"""Byte scanner: searches the bytes of a file for known values, to cover what no query can decode.

It searches for millions of values in one pass with bounded memory. The first 8 bytes of each value
are its anchor, a number. A bit table tells for each position of the file whether an anchor may
begin there, and the few positions that remain are compared in full. ASCII case is ignored.

Only values that do not occur by chance are searched for: at least 8 bytes, and not digits only
(adjacent numbers contain every phone number). A value inside a decoded text is not reported again:
the text scanner has checked it there, with its word boundaries. Neither is a value that only arises
where two texts are adjacent (`neighbours`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core import sql
from privacy.scan import neighbours
from privacy.scan.findings import Finding
from privacy.scan.neighbours import ByteMatch

_ANCHOR, _LONGEST = 8, 64
#: Bytes kept before a match, and from its first byte on, for `neighbours`.
_BEFORE, _AFTER = 64, 128
_MAX_COINCIDENCES = 1000
_CHUNK, _PAGE = 4 << 20, 4096
_BATCH = 100_000
_TABLE_BITS = 26
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_DIGITS_ONLY = re.compile(rb"[0-9]+")
_LOWER = bytes.maketrans(bytes(range(65, 91)), bytes(range(97, 123)))

Numbers = NDArray[np.uint64]
#: Bytes, and the group of the file that holds them; sorted.
Windows = list[tuple[bytes, str]]


def find(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> list[Finding]:
    """Known values in the bytes of files that no decoded text explains.

    Args:
        connection: With the known values, `release_text` and `own_text` loaded.
        files: File by the group of its texts.
    """
    anchors = [
        np.frombuffer(b"".join(needle[:_ANCHOR] for _, _, needle in batch), "<u8")
        for batch in _needles(connection)
    ]
    if not anchors:
        return []
    unique_anchors = np.unique(np.concatenate(anchors))
    table = _table(unique_anchors)
    windows = sorted(
        {
            (after[:_LONGEST].translate(_LOWER), group)
            for group, path in files.items()
            for _, after in _matches(path, unique_anchors, table)
        }
    )
    matched = [
        (group, kind, written)
        for batch in (_needles(connection) if windows else ())
        for kind, written, needle in batch
        for group in _groups(windows, needle)
    ]
    by_group: dict[str, list[tuple[str, bytes]]] = {}
    for group, kind, written in _unexplained(connection, matched):
        by_group.setdefault(group, []).append((kind, _needle(written)))
    return [
        Finding(files[group].name, "(bytes)", kind, count)
        for group, found in sorted(by_group.items())
        for kind, count in sorted(_leaked(connection, group, files[group], found).items())
    ]


def _leaked(
    connection: duckdb.DuckDBPyConnection,
    group: str,
    path: Path,
    found: Sequence[tuple[str, bytes]],
) -> Counter[str]:
    """Counts the values found (kind, needle) that are not just two adjacent texts, by kind."""
    needles = {needle for _, needle in found}
    adjacent = set[bytes]()
    # more cannot be a coincidence, and checking each would take long
    if len(needles) <= _MAX_COINCIDENCES:
        adjacent = neighbours.split_across_texts(connection, group, _find_all(path, needles))
    return Counter(kind for kind, needle in found if needle not in adjacent)


def _groups(windows: Windows, needle: bytes) -> set[str]:
    """Groups of the files with a window that begins with these bytes."""
    found = set()
    index = bisect_left(windows, (needle, ""))
    while index < len(windows) and windows[index][0].startswith(needle):
        found.add(windows[index][1])
        index += 1
    return found


def _needles(connection: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[str, str, bytes]]]:
    """Batches of (kind, original value, its first bytes in lower case)."""
    connection.execute(sql.load(__package__, "searched_in_bytes"))
    while rows := connection.fetchmany(_BATCH):
        batch = [(kind, written, _needle(written)) for kind, written in rows]
        yield [
            needle
            for needle in batch
            if len(needle[2]) >= _ANCHOR and not _DIGITS_ONLY.fullmatch(needle[2])
        ]


def _needle(written: str) -> bytes:
    return written.encode().translate(_LOWER)[:_LONGEST]


def _table(anchors: Numbers) -> NDArray[np.bool_]:
    table = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
    table[_slot(anchors)] = True
    return table


def _find_all(path: Path, needles: Collection[bytes]) -> dict[bytes, set[ByteMatch]]:
    """All occurrences of each needle in the file."""
    anchors = np.unique(np.frombuffer(b"".join(needle[:_ANCHOR] for needle in needles), "<u8"))
    matches: dict[bytes, set[ByteMatch]] = {needle: set() for needle in needles}
    for before, after in _matches(path, anchors, _table(anchors)):
        lower = after.translate(_LOWER)
        for needle in needles:
            if lower.startswith(needle):
                matches[needle].add(ByteMatch(before, after, len(needle)))
    return matches


def _matches(
    path: Path, anchors: Numbers, table: NDArray[np.bool_]
) -> Iterator[tuple[bytes, bytes]]:
    """The bytes before, and those from there on, of each position where an anchor begins."""
    with path.open("rb") as file:
        data, done, is_last = b"", 0, False
        while not is_last:
            chunk = file.read(_CHUNK)
            is_last = not chunk
            data += b"" if is_last else _filled(chunk)
            # the surroundings of a match near the end are in the next chunk
            end = len(data) if is_last else max(done, len(data) - _AFTER)
            for start in _positions(data.translate(_LOWER), anchors, table):
                if done <= start < end:
                    yield data[max(start - _BEFORE, 0) : start], data[start : start + _AFTER]
            kept = max(end - _BEFORE, 0)
            data, done = data[kept:], end - kept


def _filled(chunk: bytes) -> bytes:
    """Drops pages of zeros, which are most of a small file, except the one after a filled page."""
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
        nearest = np.minimum(np.searchsorted(anchors, numbers[maybe]), len(anchors) - 1)
        for index in maybe[anchors[nearest] == numbers[maybe]]:
            yield int(index) * _ANCHOR + shift


def _slot(numbers: Numbers) -> NDArray[np.int64]:
    return ((numbers * _MULTIPLIER) >> np.uint64(64 - _TABLE_BITS)).astype(np.int64)


def _unexplained(
    connection: duckdb.DuckDBPyConnection, matched: list[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """The matches (group, kind, value) that no text of their file contains."""
    if not matched:
        return []
    groups, kinds, written = zip(*matched, strict=True)
    found = pa.table({"g": groups, "kind": kinds, "written": written})
    connection.register("in_bytes", found)
    rows = connection.execute(sql.load(__package__, "unexplained_bytes")).fetchall()
    connection.unregister("in_bytes")
    return rows
