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
