with changes as (
    select
        affiliate_id,
        affiliate_customer_id,
        customer_id,
        assigned_at,
        landing_position
    from {{ ref('stg_identity__assignments') }}
    union all
    select
        affiliate_id,
        affiliate_customer_id,
        customer_id,
        assigned_at,
        cast(null as bigint) as landing_position
    from {{ ref('int_identity__assignment_changes') }}
),

periods as (
    select
        *,
        lead(assigned_at) over (
            partition by affiliate_id, affiliate_customer_id
            -- what is not landed yet comes last
            order by coalesce(landing_position, 9223372036854775807)
        ) as valid_to
    from changes
)

select
    affiliate_id,
    affiliate_customer_id,
    customer_id,
    assigned_at as valid_from,
    valid_to,
    landing_position
from periods
where customer_id is not null
