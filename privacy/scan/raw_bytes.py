"""Fourth net: the bytes of a file against everything known, for what no query can decode.

Millions of values are sought in one pass with bounded memory: the first 8 bytes of each value form
a number, a table of bits says for each position of the file whether such a number can begin there,
and the few positions that remain are compared in full. Case of ASCII letters does not matter.

Sought is what cannot come about by chance: 8 bytes and more, not digits only (numbers stored side
by side form every phone number). A value that a decoded text contains was judged there, with its
word boundaries, and is not reported again; nor is one that two texts spell across their border.
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

from privacy.scan import neighbours
from privacy.scan.findings import Finding
from privacy.scan.neighbours import Place

_ANCHOR, _LONGEST = 8, 64
#: What is seen in front of a find, and from its first byte on: another text's end and beginning.
_BEFORE, _AFTER = 64, 128
_COINCIDENCES = 1000
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
    OR (kind = 'handle' AND starts_with(trim(written), '@'))
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
    table = _table(sought)
    windows = sorted(
        {
            (after[:_LONGEST].translate(_LOWER), group)
            for group, path in files.items()
            for _, after in _finds(path, sought, table)
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
    """How many of the values found (kind, needle) are more than two texts side by side, by kind."""
    needles = {needle for _, needle in found}
    spelled = set[bytes]()
    # more are no coincidence, and looking at each would take long
    if len(needles) <= _COINCIDENCES:
        spelled = neighbours.spelled(connection, group, _places(path, needles))
    return Counter(kind for kind, needle in found if needle not in spelled)


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


def _places(path: Path, needles: Collection[bytes]) -> dict[bytes, set[Place]]:
    """Everywhere in the file where each of the needles stands."""
    anchors = np.unique(np.frombuffer(b"".join(needle[:_ANCHOR] for needle in needles), "<u8"))
    places: dict[bytes, set[Place]] = {needle: set() for needle in needles}
    for before, after in _finds(path, anchors, _table(anchors)):
        lower = after.translate(_LOWER)
        for needle in needles:
            if lower.startswith(needle):
                places[needle].add(Place(before, after, len(needle)))
    return places


def _finds(path: Path, anchors: Numbers, table: NDArray[np.bool_]) -> Iterator[tuple[bytes, bytes]]:
    """What stands in the file before and behind wherever one of the anchors begins."""
    with path.open("rb") as file:
        data, done, is_last = b"", 0, False
        while not is_last:
            chunk = file.read(_CHUNK)
            is_last = not chunk
            data += b"" if is_last else _filled(chunk)
            # what is near the end has its surroundings in the next chunk only
            end = len(data) if is_last else max(done, len(data) - _AFTER)
            for place in _positions(data.translate(_LOWER), anchors, table):
                if done <= place < end:
                    yield data[max(place - _BEFORE, 0) : place], data[place : place + _AFTER]
            kept = max(end - _BEFORE, 0)
            data, done = data[kept:], end - kept


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
    connection: duckdb.DuckDBPyConnection, matched: list[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """Those of the matches (group, kind, value) that no text of their file contains."""
    if not matched:
        return []
    groups, kinds, written = zip(*matched, strict=True)
    found = pa.table({"g": groups, "kind": kinds, "written": written})
    connection.register("in_bytes", found)
    rows = connection.execute(
        """
        WITH foreign_bytes AS (
            FROM in_bytes b ANTI JOIN own_text o
            ON o.g = b.g AND lower(trim(o.value)) = lower(b.written)
        )
        SELECT g, kind, written FROM foreign_bytes b
        WHERE NOT EXISTS (
            FROM release_text r
            WHERE r.g = b.g AND NOT r.opaque AND contains(lower(r.value), lower(b.written))
        ) AND NOT EXISTS (
            FROM own_text o WHERE o.g = b.g AND contains(lower(o.value), lower(b.written))
        )
        """
    ).fetchall()
    connection.unregister("in_bytes")
    return rows
