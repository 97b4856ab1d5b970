{# Events at the same instant are ordered by stage, then by id: they may arrive in any order. #}
with events as (
    select
        xref.customer_id,
        events.stage,
        events.event_at,
        row_number() over (
            partition by xref.customer_id
            order by
                events.event_at desc,
                events.stage_rank desc,
                {{ binary_order('events.event_source') }} desc,
                {{ binary_order('events.event_id') }} desc
        ) as newness
    from {{ ref('stg_events__funnel_events') }} as events
    inner join {{ ref('customer_xref') }} as xref
        on
            events.affiliate_id = xref.affiliate_id
            and events.affiliate_customer_id = xref.affiliate_customer_id
    where events.stage is not null
)

select
    customer_id,
    stage as funnel_stage,
    event_at as stage_since,
    event_at as last_event_at
from events
where newness = 1
