{# Times of tasks, in whole minutes. Agreed times are kept; all others are moved into contact hours.
   #}
{%- set first_day = "(" ~ utc_date(as_of()) ~ " - " ~ var('follow_up_calendar_days') ~ ")" -%}
with plans as (
    select
        *,
        wanted_at at time zone time_zone as wanted,
        {{ as_of() }} at time zone time_zone as now,
        greatest(
            sla_started_at at time zone time_zone, cast({{ first_day }} as timestamp)
        ) as sla_start
    from {{ ref('int_follow_ups__plans') }}
    where no_task_reason is null and (is_open or expires_at > {{ as_of() }})
),

counted as (
    select
        plans.*,
        {{ business_minutes('on_wanted', 'plans.wanted') }} as wanted_minutes,
        {{ business_minutes('on_now', 'plans.now') }} as now_minutes,
        {{ business_minutes('on_start', 'plans.sla_start') }} as start_minutes,
        plans.sla_business_hours * 60 as sla_minutes
    from plans
    left join {{ ref('int_follow_ups__calendar') }} as on_wanted
        on plans.country = on_wanted.country and cast(plans.wanted as date) = on_wanted.day
    inner join {{ ref('int_follow_ups__calendar') }} as on_now
        on plans.country = on_now.country and cast(plans.now as date) = on_now.day
    inner join {{ ref('int_follow_ups__calendar') }} as on_start
        on plans.country = on_start.country and cast(plans.sla_start as date) = on_start.day
),

timed as (
    select
        counted.*,
        case
            when counted.is_agreed then counted.wanted_at
            else {{ business_instant('counted.wanted_minutes', 'due', 'counted.time_zone') }}
        end as due_at,
        {{ business_instant(
            'counted.start_minutes + counted.sla_minutes', 'sla', 'counted.time_zone'
        ) }} as owner_sla_due_at,
        {{ hour_of_day('opening', var('follow_up_hours')[0], 'counted.time_zone') }} as opens_at,
        {{ hour_of_day('opening', var('follow_up_hours')[1], 'counted.time_zone') }} as closes_at
    from counted
    left join {{ ref('int_follow_ups__calendar') }} as due
        on {{ is_open_day('due', 'counted.wanted_minutes') }}
    left join {{ ref('int_follow_ups__calendar') }} as sla
        on {{ is_open_day('sla', 'counted.start_minutes + counted.sla_minutes') }}
    left join {{ ref('int_follow_ups__calendar') }} as opening
        on {{ is_open_day('opening', 'greatest(counted.wanted_minutes, counted.now_minutes)') }}
)

select
    affiliate_id,
    deal_id,
    affiliate_customer_id,
    owner_id,
    stage,
    stage_rank,
    cadence,
    step,
    channel,
    consent_basis,
    reason,
    is_agreed,
    time_zone,
    country,
    due_at,
    cast(due_at at time zone time_zone as date) as due_on,
    case when is_agreed and due_at > {{ as_of() }} then due_at else opens_at end
        as window_start,
    case
        when is_agreed and due_at > {{ as_of() }} then due_at + interval '1 hour'
        else closes_at
    end as window_end,
    lead_sla_due_at,
    owner_sla_due_at,
    {{ ratio('now_minutes - start_minutes', 'sla_minutes') }} as sla_used,
    case
        when due_at <= {{ as_of() }} then {{ minutes_between('due_at', as_of()) }}
        else 0
    end as overdue_minutes,
    case when due_at <= {{ as_of() }} then now_minutes - wanted_minutes else 0 end
        as overdue_business_minutes,
    expires_at,
    last_contact_at,
    last_inbound_at,
    attempts,
    contacts_count,
    expected_amount_base
from timed
