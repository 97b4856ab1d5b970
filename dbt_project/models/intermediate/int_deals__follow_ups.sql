{# A follow-up belongs to the deal that it names; if it names none, to the deal that stands for the
   customer. #}
with roster as (
    select * from {{ ref('int_deals__roster') }}
)

select
    events.affiliate_id,
    coalesce(by_id.deal_id, by_record.deal_id) as deal_id,
    events.event_at as happened_at,
    events.event_id as signal_id,
    events.event_source as signal_source,
    events.event_type,
    events.outcome,
    events.channel,
    events.owner_id,
    case when events.event_type = 'FollowUpScheduled' then events.due_at end as due_at,
    events.task_id is not null
    and max(case when events.event_type = 'FollowUpDone' then 1 else 0 end) over (
        partition by events.affiliate_id, events.task_id
    ) = 1 as is_task_done
from {{ ref('stg_events__follow_up_events') }} as events
left join roster as by_id
    on events.affiliate_id = by_id.affiliate_id and events.deal_id = by_id.deal_id
left join roster as by_record
    on
        events.affiliate_id = by_record.affiliate_id
        and events.affiliate_customer_id = by_record.affiliate_customer_id
        and by_record.origin = 'records'
where by_id.deal_id is not null or by_record.deal_id is not null
