{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'customer_xref'}}}) }}
-- Only a warning: many changes at once are expected after new weights or rules, but may also
-- come from a flood of junk values. Check them before the IDs are used elsewhere.
with changed as (
    select count(*) as records
    from {{ ref('int_identity__assignment_changes') }}
    where customer_id is not null and prior_customer_id is not null
),

known as (
    select count(*) as records
    from {{ ref('int_identity__members') }}
    where prior_customer_id is not null
)

select
    changed.records as changed_records,
    known.records as known_records
from changed
cross join known
where changed.records > {{ var('identity_changed_share_limit') }} * known.records
