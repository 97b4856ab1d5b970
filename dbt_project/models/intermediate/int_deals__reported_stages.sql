{# A reason is free text: only its code is kept, which decides whether the deal was lost or
   disqualified. #}
select
    events.affiliate_id,
    events.deal_id,
    roster.affiliate_customer_id,
    events.event_at as happened_at,
    case
        when events.event_type = 'DealReopened' then 8
        when stages.rank = 0 then 7
        when stages.rank is null then 9
        else stages.rank
    end as instant_rank,
    events.event_id as signal_id,
    events.event_source as signal_source,
    events.event_type,
    case
        when events.event_type = 'DealLost' then coalesce(reasons.exit, 'lost')
        else events.stage
    end as stage,
    stages.rank as stage_rank,
    case
        when events.event_type <> 'DealLost' then null
        when events.reason_text is null then 'none'
        else coalesce(reasons.code, 'other')
    end as reason_code,
    events.owner_id,
    events.amount,
    coalesce(upper(events.currency), affiliates.currency) as currency
from {{ ref('stg_events__funnel_events') }} as events
inner join {{ ref('int_deals__roster') }} as roster
    on
        events.affiliate_id = roster.affiliate_id
        and events.deal_id = roster.deal_id
        and roster.origin = 'events'
left join {{ funnel_stages() }} as stages on events.stage = stages.code
left join {{ ref('deal_lost_reasons') }} as reasons
    on {{ reason_key('events.reason_text') }} = reasons.reason
left join {{ ref('stg_oltp__affiliates') }} as affiliates
    on events.affiliate_id = affiliates.affiliate_id
