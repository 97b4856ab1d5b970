with latest_events as (
    select
        customer_id,
        event,
        other_customer_id,
        happened_at,
        row_number() over (
            partition by customer_id
            -- events that are not landed yet come last
            order by coalesce(landing_position, 9223372036854775807) desc
        ) as place
    from {{ ref('identity_events') }}
    where event in ('merged', 'retired')
)

select
    customer_id,
    other_customer_id as current_customer_id,
    happened_at as redirected_at
from latest_events
where place = 1 and event = 'merged'
