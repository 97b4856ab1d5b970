"""Judges messages: the cheap test first, the exact one on the few that it does not accept."""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources.abc import Traversable

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.contracts import accept
from ingestion.contracts.contract import rules
from ingestion.contracts.rows import answers
from ingestion.contracts.schemas import EVENTS
from ingestion.contracts.topics import TopicSpec
from ingestion.contracts.validation import LARGEST, MOST_NESTED, reasons
from ingestion.warehouse.connection import quote

#: Messages of a table that show how documents are shaped at present.
SAMPLE = 500
MOST_SHAPES = 16
#: Share of messages left to the exact judge above which the shapes are looked at anew.
MOST_DOUBTFUL = 0.1

#: Names of the members of the envelope and of `data`, in their order.
Shape = list[list[str]]

_NAMES = "json_keys(text, ['$', '$.data'])"

#: Documents that are surely sound JSON, whatever is in them; null for any other.
_TEXT = rf"""
    select place, case when fault is null and strlen(text) <= {LARGEST}
        and not contains(text, chr(0)) and not contains(text, '\u0000')
        and json_valid(text) and not regexp_matches(text, ',\s*[}}\]]')
        and (strlen(text) <= {MOST_NESTED}
            or length(text) - length(translate(text, '[{{', '')) <= {MOST_NESTED})
        then text end as text
        from (select place, fault, coalesce(document, try(decode(value))) as text from judged)
"""


class Judge:
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
        found = rules(topic, folder)
        self._known = accept.known_members(found)
        self._structure = accept.structure(self._known)
        self._accepts = accept.accepts(found, self._known)
        self._reasons = reasons(topic, "judged", folder)
        self._shapes: list[Shape] = []
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
        query = f"select place, reason from ({self._reasons})"
        found = answers(self._connection, "judged", messages.take(doubtful), query)["reason"]
        bad = found.is_valid().to_numpy(zero_copy_only=False)
        return doubtful[bad], found.drop_null().to_pylist()

    def accepted(self, messages: pa.Table) -> np.ndarray:
        """Per message, whether the cheap test alone takes it."""
        if not self._shapes:
            return np.zeros(len(messages), bool)
        shaped = " or ".join(f"names = {_literal(shape)}" for shape in self._shapes)
        query = f"""
        select place, coalesce(({shaped}) and ({self._accepts}), false) as fine
        from (
            select place, text, {_NAMES} as names,
                from_json(text, '{quote(self._structure)}') as event
            from ({_TEXT})
        )
        """
        found = answers(self._connection, "judged", messages, query)["fine"]
        fine: np.ndarray = found.to_numpy(zero_copy_only=False)
        return fine

    def _learn(self, sample: pa.Table) -> None:
        """Remembers the commonest shapes in which no member is unknown or repeated."""
        query = f"select place, {_NAMES} as names from ({_TEXT})"
        names = answers(self._connection, "judged", sample, query)["names"].to_pylist()
        plain = Counter(json.dumps(shape) for shape in names if self._is_plain(shape))
        self._shapes = [json.loads(shape) for shape, _ in plain.most_common(MOST_SHAPES)]

    def _is_plain(self, shape: Shape) -> bool:
        if not shape or not shape[1]:
            return False
        envelope, data = self._known[""], self._known[accept.DATA]
        return _are_plain(shape[0], {*envelope, accept.DATA}) and _are_plain(shape[1], {*data})


def _are_plain(names: list[str], known: set[str]) -> bool:
    return len(set(names)) == len(names) and known.issuperset(names)


def _literal(shape: Shape) -> str:
    """The shape in SQL."""
    return f"[{', '.join('[' + ', '.join(map(_text, names)) + ']' for names in shape)}]"


def _text(name: str) -> str:
    return f"'{quote(name)}'"
