{# Entering a stage that requires contact counts as an answer. #}
with deals as (
    select *
    from {{ ref('own_deals') }}
    where is_open or outcome = 'lost'
),

answers as (
    select
        affiliate_id,
        deal_id,
        max(case
            when
                kind in ('answer', 'event')
                and stage in ('contact_made', 'qualified', 'demo', 'negotiation')
                then happened_at
        end) as last_inbound_at,
        max(alive_until) as alive_until
    from {{ ref('int_deals__signals') }}
    group by affiliate_id, deal_id
),

activity as (
    select
        deals.*,
        answers.last_inbound_at,
        answers.alive_until,
        greatest(deals.stage_since, answers.last_inbound_at) as cadence_started_at,
        greatest(deals.stage_since, deals.last_activity_at) as last_sign_at
    from deals
    inner join answers
        on deals.affiliate_id = answers.affiliate_id and deals.deal_id = answers.deal_id
),

contacts as (
    select
        activity.affiliate_id,
        activity.deal_id,
        count(*) as contacts_count,
        max(follow_ups.happened_at) as last_done_at,
        sum(case
            when
                follow_ups.happened_at > activity.cadence_started_at
                and not {{ is_answer('follow_ups.outcome') }}
                then 1
            else 0
        end) as attempts
    from activity
    inner join {{ ref('int_deals__follow_ups') }} as follow_ups
        on
            activity.affiliate_id = follow_ups.affiliate_id
            and activity.deal_id = follow_ups.deal_id
    where follow_ups.event_type = 'FollowUpDone'
    group by activity.affiliate_id, activity.deal_id
),

-- an agreed contact is pending until it is done, or until something happens after its due time
callbacks as (
    select
        follow_ups.affiliate_id,
        follow_ups.deal_id,
        follow_ups.due_at,
        {{ channel_code('follow_ups.channel') }} as channel,
        row_number() over (
            partition by follow_ups.affiliate_id, follow_ups.deal_id
            order by
                follow_ups.due_at, {{ binary_order('follow_ups.signal_id') }},
                {{ binary_order('follow_ups.signal_source') }}
        ) as place
    from activity
    inner join {{ ref('int_deals__follow_ups') }} as follow_ups
        on
            activity.affiliate_id = follow_ups.affiliate_id
            and activity.deal_id = follow_ups.deal_id
    where not follow_ups.is_task_done and follow_ups.due_at >= activity.last_sign_at
)

select
    activity.affiliate_id,
    activity.deal_id,
    activity.affiliate_customer_id,
    activity.customer_kind,
    activity.origin,
    activity.owner_id,
    activity.stage,
    activity.stage_rank,
    activity.is_open,
    activity.stage_since,
    activity.cadence_started_at,
    activity.last_sign_at,
    activity.last_inbound_at,
    greatest(activity.last_inbound_at, contacts.last_done_at) as last_contact_at,
    activity.alive_until,
    cast(coalesce(contacts.contacts_count, 0) as integer) as contacts_count,
    cast(coalesce(contacts.attempts, 0) as integer) as attempts,
    callbacks.due_at as callback_at,
    case
        {%- for channel in consent_channels() %}
        when callbacks.channel = '{{ channel }}' then '{{ channel }}'
        {%- endfor %}
        when callbacks.due_at is not null then 'phone'
    end as callback_channel,
    activity.expected_amount_base
from activity
left join contacts
    on activity.affiliate_id = contacts.affiliate_id and activity.deal_id = contacts.deal_id
left join callbacks
    on
        activity.affiliate_id = callbacks.affiliate_id
        and activity.deal_id = callbacks.deal_id
        and callbacks.place = 1
