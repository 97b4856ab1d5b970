with records as (
    select
        affiliate_id,
        affiliate_customer_id,
        max(landing_position) as landing_position,
        count(customer_id) as ids_assigned
    from {{ ref('stg_identity__assignments') }}
    group by affiliate_id, affiliate_customer_id
)

select
    assignments.affiliate_id,
    assignments.affiliate_customer_id,
    assignments.record_id,
    assignments.customer_id,
    assignments.assigned_at,
    records.ids_assigned
from records
inner join {{ ref('stg_identity__assignments') }} as assignments
    on
        records.affiliate_id = assignments.affiliate_id
        and records.affiliate_customer_id = assignments.affiliate_customer_id
        and records.landing_position = assignments.landing_position
