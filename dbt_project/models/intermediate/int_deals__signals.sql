{# What customers do moves a deal too, but what the source says of it goes before: an order wins only
   what the source left open, and of several deals of a customer the one told of last. #}
with roster as (
    select * from {{ ref('int_deals__roster') }}
),

told as (
    select * from {{ ref('int_deals__told') }}
),

last_told as (
    select
        *,
        row_number() over (
            partition by affiliate_id, affiliate_customer_id
            order by happened_at desc, {{ binary_order('deal_id') }}
        ) as deal_place
    from (
        select
            *,
            row_number() over (
                partition by affiliate_id, deal_id order by {{ deal_order_backwards() }}
            ) as newness
        from told
        where stage is not null
    ) as steps
    where newness = 1
),

-- an order may be older than the record of who ordered
sales as (
    select
        roster.affiliate_id,
        roster.deal_id,
        roster.affiliate_customer_id,
        min(orders.order_seq) as order_seq
    from roster
    left join last_told
        on roster.affiliate_id = last_told.affiliate_id and roster.deal_id = last_told.deal_id
    inner join {{ ref('own_customer_orders') }} as orders
        on
            roster.affiliate_id = orders.affiliate_id
            and roster.affiliate_customer_id = orders.affiliate_customer_id
    where
        orders.order_seq is not null
        and (
            roster.origin = 'records'
            or (
                last_told.deal_place = 1
                and last_told.stage_rank between 1 and 5
                and orders.ordered_at > last_told.happened_at
            )
        )
    group by roster.affiliate_id, roster.deal_id, roster.affiliate_customer_id
),

wins as (
    select
        sales.affiliate_id,
        sales.deal_id,
        orders.ordered_at as happened_at,
        cast(orders.order_id as text) as signal_id,
        orders.net_amount as amount,
        orders.currency
    from sales
    inner join {{ ref('own_customer_orders') }} as orders
        on
            sales.affiliate_id = orders.affiliate_id
            and sales.affiliate_customer_id = orders.affiliate_customer_id
            and sales.order_seq = orders.order_seq
),

follow_ups as (
    select
        events.affiliate_id,
        coalesce(by_id.deal_id, by_record.deal_id) as deal_id,
        events.event_at as happened_at,
        events.event_id as signal_id,
        events.event_source as signal_source,
        events.event_type = 'FollowUpDone'
        and coalesce(events.outcome, '') in ('reached', 'replied', 'meeting_booked') as is_answered,
        events.owner_id,
        case when events.event_type = 'FollowUpScheduled' then events.due_at end as due_at,
        events.task_id is not null
        and max(case when events.event_type = 'FollowUpDone' then 1 else 0 end)
            over (partition by events.affiliate_id, events.task_id) = 1 as is_task_done
    from {{ ref('stg_events__follow_up_events') }} as events
    left join roster as by_id
        on events.affiliate_id = by_id.affiliate_id and events.deal_id = by_id.deal_id
    left join roster as by_record
        on
            events.affiliate_id = by_record.affiliate_id
            and events.affiliate_customer_id = by_record.affiliate_customer_id
            and by_record.origin = 'records'
    where by_id.deal_id is not null or by_record.deal_id is not null
),

signals as (
    select
        affiliate_id, deal_id, happened_at, instant_rank, signal_id, signal_source,
        case when stage is null then 'activity' else 'event' end as kind,
        stage, reason_code, owner_id, amount, currency, happened_at as alive_until,
        cast(null as timestamptz) as planned_at,
        event_type = 'DealReopened' as is_reopening,
        event_type = 'DemoScheduled' as is_demo_scheduled
    from told
    union all
    select
        affiliate_id, deal_id, happened_at, 6, signal_id, '', 'order',
        'won', null, null, amount, currency, happened_at, null, false, false
    from wins
    union all
    select
        affiliate_id, deal_id, happened_at, case when is_answered then 2 else 9 end,
        signal_id, signal_source, case when is_answered then 'answer' else 'activity' end,
        case when is_answered then 'contact_made' end, null, owner_id, null, null,
        greatest(happened_at, due_at), case when not is_task_done then due_at end, false, false
    from follow_ups
    union all
    select
        affiliate_id, deal_id, accepted_at, 2, 'accepted', '', 'answer',
        'contact_made', null, null, null, null, accepted_at, null, false, false
    from roster
    where origin = 'records' and accepted_at is not null
),

-- a customer entered the funnel with the first trace there is of it
entries as (
    select
        roster.affiliate_id,
        roster.deal_id,
        least(min(roster.known_since), min(signals.happened_at)) as happened_at
    from roster
    left join signals
        on roster.affiliate_id = signals.affiliate_id and roster.deal_id = signals.deal_id
    where roster.origin = 'records'
    group by roster.affiliate_id, roster.deal_id
)

select * from signals
union all
select
    affiliate_id, deal_id, happened_at, 1, 'known', '', 'record',
    'untouched', null, null, null, null, happened_at, null, false, false
from entries
