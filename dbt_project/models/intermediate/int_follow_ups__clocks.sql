{# A stage that asks for contact was entered by one, and so an answer. #}
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

clocks as (
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
        clocks.affiliate_id,
        clocks.deal_id,
        count(*) as contacts_count,
        max(follow_ups.happened_at) as last_done_at,
        sum(case
            when
                follow_ups.happened_at > clocks.cadence_started_at
                and not {{ is_answer('follow_ups.outcome') }}
                then 1
            else 0
        end) as attempts
    from clocks
    inner join {{ ref('int_deals__follow_ups') }} as follow_ups
        on
            clocks.affiliate_id = follow_ups.affiliate_id
            and clocks.deal_id = follow_ups.deal_id
    where follow_ups.event_type = 'FollowUpDone'
    group by clocks.affiliate_id, clocks.deal_id
),

-- what was agreed stands until it is done, or until something happens after it was due
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
    from clocks
    inner join {{ ref('int_deals__follow_ups') }} as follow_ups
        on
            clocks.affiliate_id = follow_ups.affiliate_id
            and clocks.deal_id = follow_ups.deal_id
    where not follow_ups.is_task_done and follow_ups.due_at >= clocks.last_sign_at
)

select
    clocks.affiliate_id,
    clocks.deal_id,
    clocks.affiliate_customer_id,
    clocks.customer_kind,
    clocks.origin,
    clocks.owner_id,
    clocks.stage,
    clocks.stage_rank,
    clocks.is_open,
    clocks.stage_since,
    clocks.cadence_started_at,
    clocks.last_sign_at,
    clocks.last_inbound_at,
    greatest(clocks.last_inbound_at, contacts.last_done_at) as last_contact_at,
    clocks.alive_until,
    cast(coalesce(contacts.contacts_count, 0) as integer) as contacts_count,
    cast(coalesce(contacts.attempts, 0) as integer) as attempts,
    callbacks.due_at as callback_at,
    case
        {%- for channel in consent_channels() %}
        when callbacks.channel = '{{ channel }}' then '{{ channel }}'
        {%- endfor %}
        when callbacks.due_at is not null then 'phone'
    end as callback_channel,
    clocks.expected_amount_base
from clocks
left join contacts
    on clocks.affiliate_id = contacts.affiliate_id and clocks.deal_id = contacts.deal_id
left join callbacks
    on
        clocks.affiliate_id = callbacks.affiliate_id
        and clocks.deal_id = callbacks.deal_id
        and callbacks.place = 1
