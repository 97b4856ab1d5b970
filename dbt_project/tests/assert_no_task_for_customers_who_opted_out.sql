-- Even if a contact was agreed, unless consent was given after the opt-out.
select
    tasks.affiliate_id,
    tasks.deal_id
from {{ ref('own_follow_ups') }} as tasks
inner join {{ ref('stg_events__follow_up_events') }} as events
    on
        tasks.affiliate_id = events.affiliate_id
        and (
            tasks.affiliate_customer_id = events.affiliate_customer_id
            or tasks.deal_id = events.deal_id
        )
where
    events.outcome = 'opted_out'
    and not exists (
        select 1
        from {{ ref('stg_events__consents') }} as consents
        where
            consents.affiliate_id = tasks.affiliate_id
            and consents.affiliate_customer_id = tasks.affiliate_customer_id
            and consents.is_granted
            and consents.event_at > events.event_at
    )
