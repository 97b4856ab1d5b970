{{ config(materialized='ephemeral', contract={'enforced': false}) }}
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
where happened_at <= {{ as_of() }}
