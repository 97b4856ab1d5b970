"""Households of pseudopeople's sample population as three offices know them, with their noise.

The census has birth dates, tax forms have social security numbers, and only the office of social
security has both: without it the two meet by name alone, all living at one postcode.
"""

from __future__ import annotations

import logging
from pathlib import Path

import duckdb
import pseudopeople

from benchmarks.identity.datasets import Dataset
from benchmarks.identity.labelled import tables

SEED = 1
YEAR = 2020
CENSUS = """
select
    'census ' || simulant_id as source_id, 1 as affiliate_id, simulant_id, household_id,
    concat_ws(' ', first_name, middle_initial, last_name) as full_name,
    date_of_birth, sex as gender, null as identifier, zipcode as postal_code,
    concat_ws(' ', street_number, street_name) as street, city
from census
"""
TAXES = """
select
    concat_ws(' ', 'taxes', simulant_id, employer_id, tax_form) as source_id, 2 as affiliate_id,
    simulant_id, household_id,
    concat_ws(' ', first_name, middle_initial, last_name) as full_name,
    null as date_of_birth, null as gender, ssn as identifier,
    mailing_address_zipcode as postal_code,
    concat_ws(' ', mailing_address_street_number, mailing_address_street_name) as street,
    mailing_address_city as city
from taxes
"""
OFFICE = """
select
    concat_ws(' ', 'office', simulant_id, event_type) as source_id, 3 as affiliate_id, simulant_id,
    null as household_id, concat_ws(' ', first_name, middle_name, last_name) as full_name,
    date_of_birth, sex as gender, ssn as identifier, null as postal_code, null as street,
    null as city
from office
"""
RECORDS = """
select
    source_id,
    affiliate_id,
    dense_rank() over (order by simulant_id) as person_id,
    case when household_id is not null then dense_rank() over (order by household_id) end
        as household_id,
    nullif(full_name, '') as full_name,
    gender,
    coalesce(
        try_strptime(date_of_birth, '%m/%d/%Y'), try_strptime(date_of_birth, '%Y%m%d')
    )::date as birth_date,
    identifier,
    case when identifier is not null then 'ssn' end as identifier_type,
    postal_code,
    'US' as country,
    nullif(street, '') as street,
    city
from ({sources})
"""


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the census and the tax forms, and both with the office of social security."""
    logging.getLogger("loguru").setLevel(logging.ERROR)
    sources = {
        "census": pseudopeople.generate_decennial_census(seed=SEED, year=YEAR),
        "taxes": pseudopeople.generate_taxes_w2_and_1099(seed=SEED, year=YEAR),
        "office": pseudopeople.generate_social_security(seed=SEED, year=YEAR),
    }
    for name, rows in sources.items():
        connection.register(name, rows.astype("string").astype(object))
    for name, queries in (
        ("pseudopeople_2", (CENSUS, TAXES)),
        ("pseudopeople_3", (CENSUS, TAXES, OFFICE)),
    ):
        query = RECORDS.format(sources=" union all ".join(queries))
        tables.write(connection, Dataset(name, folder), query)
