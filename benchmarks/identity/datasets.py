"""What a labelled data set is: one table of customer records and one that says who they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

#: The columns of the model `int_identity__records`.
RECORDS = pa.schema(
    [
        ("affiliate_id", pa.int64()),
        ("affiliate_customer_id", pa.int64()),
        ("full_name", pa.string()),
        ("email", pa.string()),
        ("phone", pa.string()),
        ("gender", pa.string()),
        ("birth_date", pa.date32()),
        ("identifier", pa.string()),
        ("identifier_type", pa.string()),
        ("postal_code", pa.string()),
        ("country", pa.string()),
        ("known_from", pa.string()),
        ("known_since", pa.timestamp("us", "UTC")),
        ("last_stated_at", pa.timestamp("us", "UTC")),
    ]
)
#: Null where a data set does not tell; name and birth date are the person's, not the record's.
TRUTH = pa.schema(
    [
        ("affiliate_id", pa.int64()),
        ("affiliate_customer_id", pa.int64()),
        ("person_id", pa.int64()),
        ("household_id", pa.int64()),
        ("first_name", pa.string()),
        ("birth_date", pa.date32()),
    ]
)


@dataclass(frozen=True)
class Dataset:
    """Two Parquet files.

    Attributes:
        name: What files and tables of results call it.
        folder: Where it lies.
    """

    name: str
    folder: Path

    @property
    def records(self) -> Path:
        """One row per customer record, columns as `RECORDS` or more."""
        return self.folder / f"{self.name}.parquet"

    @property
    def truth(self) -> Path:
        """One row per customer record, columns as `TRUTH`."""
        return self.folder / f"{self.name}_truth.parquet"
