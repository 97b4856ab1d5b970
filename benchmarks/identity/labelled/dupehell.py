"""Natural persons of dupehell's generator: typing errors, wrong dates and hard negatives."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
from dupehell import generate

from benchmarks.identity.datasets import Dataset
from benchmarks.identity.labelled import tables

SEED, SIZE, DIFFICULTY = 1, 20_000, "medium"
QUERY = """
select
    records.record_id as source_id,
    dense_rank() over (order by truth.master_id) as person_id,
    dense_rank() over (order by records.source_system) as affiliate_id,
    nullif(concat_ws(' ', given_name, middle_name, family_name), '') as full_name,
    email_address as email,
    mobile_phone as phone,
    try_cast(birth_date as date) as birth_date,
    tax_id as identifier,
    case when tax_id is not null then 'tax_id' end as identifier_type,
    residential_postal_code as postal_code,
    residential_country as country,
    residential_address_line1 as street,
    residential_city as city
from read_parquet('{records}') as records
inner join read_parquet('{truth}') as truth using (record_id)
"""


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the data set."""
    with tempfile.TemporaryDirectory(dir=folder) as output:
        drawn = generate(
            "kyc", SIZE, SEED, DIFFICULTY, output_dir=output, only_entity="natural_person"
        )
        query = QUERY.format(records=drawn.dataset, truth=drawn.ground_truth)
        tables.write(connection, Dataset("dupehell", folder), query)
