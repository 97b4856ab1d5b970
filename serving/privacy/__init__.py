"""Proves that a release file tells nobody who a customer is.

Four nets, from coarse to fine; each finds what the others cannot:

1. `columns`: only plain types, and no column named after a personal attribute.
2. `texts`: every text value, also inside lists and structs and in comments, against the values of
   all known persons and against what e-mails, phone numbers and IBANs look like.
3. `values`: numbers that are phone numbers or identifiers, dates that are birth dates.
4. `raw_bytes`: the bytes of the file against the same values, for what no query decodes (free
   blocks, dictionaries, catalogue). Compressed values escape it, hence the second net.

What is known of persons comes from the warehouse's raw tables (`personal`): every version that ever
landed, not only today's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from serving.artefacts import Artefact
from serving.privacy import columns, personal, raw_bytes, texts, values
from serving.privacy.findings import PrivacyError, refuse

__all__ = ["PrivacyError", "check_privacy"]


def check_privacy(
    connection: duckdb.DuckDBPyConnection,
    artefact: Artefact,
    path: Path,
    progress: Callable[[str], None],
) -> list[str]:
    """Runs every net over one finished release file.

    Args:
        connection: With the warehouse attached as `wh` and the file, read only, as `rel`.
        artefact: What should be in the file.
        path: The file itself.
        progress: Called with each step before it starts.

    Returns:
        The names of the checks passed.

    Raises:
        PrivacyError: the file holds a personal value; names table, column, kind and count.
    """
    progress("check columns")
    refuse(columns.find(connection, artefact))
    progress("gather personal values")
    personal.gather(connection)
    values.gather(connection)
    progress("check texts")
    texts.gather(connection)
    refuse(texts.find(connection))
    progress("check numbers and dates")
    refuse(values.find(connection))
    progress("check bytes")
    refuse(raw_bytes.find(connection, path))
    return [f"privacy.{net}" for net in ("columns", "texts", "values", "raw_bytes")]
