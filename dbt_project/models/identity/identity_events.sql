{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ place_landed_events() }}"
) }}
-- depends_on: {{ ref('stg_identity__events') }}
{% if not ledger_is_incremental() %}
select
    event,
    customer_id,
    other_customer_id,
    record_id,
    cause_left_record_id,
    cause_right_record_id,
    cause_weight,
    cause,
    happened_at,
    landing_position
from {{ ref('stg_identity__events') }}
union all
{% endif %}
select
    event,
    customer_id,
    other_customer_id,
    record_id,
    cause_left_record_id,
    cause_right_record_id,
    cause_weight,
    cause,
    happened_at,
    cast(null as bigint) as landing_position
from {{ ref('int_identity__new_events') }}
