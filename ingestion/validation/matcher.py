"""Match documents against the shapes of valid documents, in one scan over each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.validation import fast_patterns as accept
from ingestion.validation.reasons import LARGEST, MOST_NESTED
from ingestion.validation.shapes import Shape


class Matcher:
    """Recognises documents that are certainly valid.

    Args:
        shapes: Shapes of valid documents.
        limits: Member → maximum length of its strings, in characters.
    """

    def __init__(self, shapes: Sequence[Shape], limits: Mapping[str, int]) -> None:
        self._shapes = [shape.expression for shape in shapes]
        fixed = min((shape.fixed for shape in shapes), default=0)
        # in shorter documents, no string can exceed its limit
        self._short = min(fixed + min(limits.values(), default=LARGEST), MOST_NESTED)
        self._too_long = _too_long(limits)

    def matches(self, texts: pa.Array) -> np.ndarray:
        """Return for each text (binary or null) whether it has a known shape within all limits."""
        if not self._shapes:
            return np.zeros(len(texts), bool)
        matched = pc.match_substring_regex(texts, rf"\A(?:{'|'.join(self._shapes)})\z")
        fine: np.ndarray = pc.fill_null(matched, fill_value=False).to_numpy(zero_copy_only=False)
        sizes = pc.fill_null(pc.binary_length(texts), 0).to_numpy()
        long = np.flatnonzero(fine & (sizes > self._short))
        if len(long):
            fine = fine.copy()
            fine[long] = (sizes[long] <= LARGEST) & self._keep_limits(texts.take(long))
        return fine

    def _keep_limits(self, texts: pa.Array) -> np.ndarray:
        opened = pc.add(pc.count_substring(texts, "["), pc.count_substring(texts, "{"))
        is_flat = pc.less_equal(opened, MOST_NESTED)
        is_short = pc.invert(pc.match_substring_regex(texts, self._too_long))
        fine: np.ndarray = pc.and_(is_flat, is_short).to_numpy(zero_copy_only=False)
        return fine


def _too_long(limits: Mapping[str, int]) -> str:
    """Return a pattern for texts in which a string is, or may be, longer than its limit."""
    members: dict[int, list[str]] = defaultdict(list)
    for name, most in limits.items():
        members[most].append(accept.literal(name))
    found = [
        rf'"(?:{"|".join(names)})"\s*:\s*{accept.longer(most)}' for most, names in members.items()
    ]
    # without limits, match nothing
    return "|".join(found) or r"\z\A."
