{# Contacts made and tasks that require one, per person over all affiliates, in one sequence: under
   a limit of n contacts in d days, each must be at least d days after the n-th before it. Tasks
   wait for contacts and for earlier tasks at their due times; every build computes this again. #}
{%- set in_order -%}
    partition by customer_id
    order by happened_at, is_task, priority desc, affiliate_id, {{ binary_order('deal_id') }}
{%- endset -%}
with contacts as (
    select
        xref.customer_id,
        events.affiliate_id,
        events.deal_id,
        events.event_at
    from {{ ref('stg_events__follow_up_events') }} as events
    left join {{ ref('int_deals__roster') }} as roster
        on events.affiliate_id = roster.affiliate_id and events.deal_id = roster.deal_id
    inner join {{ ref('customer_xref') }} as xref
        on
            events.affiliate_id = xref.affiliate_id
            and coalesce(roster.affiliate_customer_id, events.affiliate_customer_id)
            = xref.affiliate_customer_id
    where events.event_type = 'FollowUpDone'
),

tasks as (
    select
        xref.customer_id,
        tasks.affiliate_id,
        tasks.deal_id,
        tasks.is_agreed,
        tasks.priority,
        greatest(tasks.due_at, {{ as_of() }}) as wanted_at
    from {{ ref('own_follow_ups') }} as tasks
    inner join {{ ref('customer_xref') }} as xref
        on {{ same_subject(record(), 'tasks', 'xref') }}
),

sequence as (
    select
        customer_id,
        affiliate_id,
        deal_id,
        event_at as happened_at,
        0 as is_task,
        false as is_agreed,
        cast(0 as decimal(5, 2)) as priority
    from contacts
    union all
    select
        customer_id,
        affiliate_id,
        deal_id,
        wanted_at as happened_at,
        1 as is_task,
        is_agreed,
        priority
    from tasks
),

spaced as (
    select
        *,
        greatest(
            happened_at
            {%- for days, contacts in var('follow_up_contact_limits').items() %},
            lag(happened_at, {{ contacts }}) over ({{ in_order }}) + interval '{{ days }} days'
            {%- endfor %}
        ) as not_before_at
    from sequence
),

delayed as (
    select
        spaced.affiliate_id,
        spaced.deal_id,
        spaced.not_before_at > spaced.happened_at and not spaced.is_agreed as is_delayed,
        times.time_zone,
        times.country,
        -- in whole minutes, rounded up: never before the limit
        date_trunc('minute', spaced.not_before_at at time zone times.time_zone)
        + interval '1 minute' as not_before
    from spaced
    inner join {{ ref('int_follow_ups__times') }} as times
        on spaced.affiliate_id = times.affiliate_id and spaced.deal_id = times.deal_id
    where spaced.is_task = 1
),

counted as (
    select
        delayed.*,
        {{ business_minutes('calendar', 'delayed.not_before') }} as minutes
    from delayed
    left join {{ ref('int_follow_ups__calendar') }} as calendar
        on
            delayed.country = calendar.country
            and cast(delayed.not_before as date) = calendar.day
)

select
    counted.affiliate_id,
    counted.deal_id,
    counted.is_delayed,
    {{ business_instant('counted.minutes', 'opening', 'counted.time_zone') }} as due_at,
    opening.day as due_on,
    {{ hour_of_day('opening', var('follow_up_hours')[0], 'counted.time_zone') }} as window_start,
    {{ hour_of_day('opening', var('follow_up_hours')[1], 'counted.time_zone') }} as window_end
from counted
left join {{ ref('int_follow_ups__calendar') }} as opening
    on {{ is_open_day('opening', 'counted.minutes') }}
