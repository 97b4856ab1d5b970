{{ config(meta={'dagster': {'ref': {'name': 'customer_xref'}}}) }}
-- An ID that users have stored must not become another person's without an event.
select
    changes.record_id,
    changes.prior_customer_id,
    changes.customer_id
from {{ ref('int_identity__assignment_changes') }} as changes
left join {{ ref('int_identity__new_events') }} as events
    on
        changes.prior_customer_id = events.customer_id
        and changes.customer_id = events.other_customer_id
        and events.event in ('merged', 'split')
where
    changes.customer_id is not null
    and changes.prior_customer_id is not null
    and events.customer_id is null
