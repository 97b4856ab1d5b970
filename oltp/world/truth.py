"""Ground truth: the person of each record. It is never stored in the OLTP."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from oltp.world.customers import Records
from oltp.world.randomness import Mask

TRUTH_SCHEMA = pa.schema(
    [
        ("affiliate_id", pa.int64()),
        ("affiliate_customer_id", pa.int64()),
        ("person_id", pa.int64()),
        ("source", pa.string()),
    ]
)


def truth_of(them: Records, announced: Mask) -> pa.Table:
    """Return the truth rows of a chunk; the source is the table or topic of a record."""
    source = np.where(them.event_only, "event", np.where(announced, "both", "table"))
    return pa.table(
        [them.affiliate, them.id, them.person_id, source.astype(object)], schema=TRUTH_SCHEMA
    )
