{{ config(materialized='view') }}
{# Read by dbt alone: a DuckDB view breaks where the file is attached under another name. #}

select
    -- ids
    customer_id,
    other_customer_id,
    record_id,
    cause_left_record_id,
    cause_right_record_id,
    invocation_id,
    -- strings
    event,
    cause,
    -- numerics
    cause_weight,
    _seq as landing_position,
    -- timestamps
    happened_at
from {{ source('raw', 'identity_events') }}
