"""Operations on Arrow arrays that `pyarrow.compute` does not have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from oltp.world.randomness import Indices, Mask

MICROSECONDS = 1_000_000
DAY = 86_400 * MICROSECONDS
MONEY = pa.decimal128(18, 2)
TIMESTAMP = pa.timestamp("us", tz="UTC")


def micros(moment: datetime) -> int:
    """Microseconds since 1970, the unit of every time in the world."""
    return round(moment.timestamp()) * MICROSECONDS


def timestamps(values: Indices, missing: Mask | None = None) -> pa.Array:
    """Microseconds since 1970 as `timestamptz`; null where `missing`."""
    return pa.array(values.astype("datetime64[us]"), pa.timestamp("us"), mask=missing).cast(
        TIMESTAMP
    )


def dates(days: Indices, missing: Mask | None = None) -> pa.Array:
    """Days since 1970 as dates."""
    return pa.array(days.astype("datetime64[D]"), pa.date32(), mask=missing)


def money(cents: NDArray[np.int64]) -> pa.Array:
    """Convert cents to DECIMAL(18,2) exactly, by writing both halves of the 128-bit integers."""
    halves = np.empty((len(cents), 2), dtype=np.int64)
    halves[:, 0] = cents
    halves[:, 1] = cents >> 63
    return pa.Array.from_buffers(MONEY, len(cents), [None, pa.py_buffer(halves)])


def pick(pool: Sequence[str | None], positions: Indices) -> pa.Array:
    """`pool[position]` for each position."""
    return pa.array(pool, pa.string()).take(pa.array(positions))


def text(numbers: NDArray[np.int64], width: int = 0) -> pa.Array:
    """Numbers as text, zero-padded to `width`."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def join(*parts: pa.Array | str, separator: str = "") -> pa.Array:
    """Concatenate texts row by row; null if a part is null."""
    return pc.binary_join_element_wise(*parts, separator)


def where(condition: Mask, chosen: pa.Array | str | None, otherwise: pa.Array | str) -> pa.Array:
    """`chosen` where the condition holds, else `otherwise`."""
    scalar = pa.scalar(chosen, pa.string()) if chosen is None else chosen
    return pc.if_else(pa.array(condition), scalar, otherwise)


def rewrite(condition: Mask, column: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply `change` to the rows where the condition holds."""
    mask = pa.array(condition)
    return pc.replace_with_mask(column, mask, change(column.filter(mask)))


def repeat(column: pa.Array | NDArray[np.int64], positions: Indices) -> pa.Array:
    """Rows of a column by position, as Arrow."""
    return pa.array(column).take(pa.array(positions))
