with signals as (
    select
        affiliate_id,
        deal_id,
        min(case when is_demo_scheduled then happened_at end) as demo_scheduled_at,
        max(case when kind = 'event' then happened_at end) as last_step_at,
        max(case when kind <> 'record' then happened_at end) as last_activity_at,
        min(case when planned_at >= {{ as_of() }} then planned_at end) as next_step_due_at
    from {{ ref('int_deals__signals') }}
    group by affiliate_id, deal_id
),

visits as (
    select
        affiliate_id,
        deal_id,
        min(entered_at) as opened_at,
        min(entered_on) as opened_on,
        min(case when stage_rank >= 2 then entered_at end) as lead_at,
        min(case when stage_rank = 6 then entered_at end) as first_won_at,
        greatest(max(stage_rank), 1) as highest_rank,
        coalesce(
            {{ value_at_lowest('case when stage_rank >= 1 then stage end', '-move_no') }},
            'untouched'
        ) as last_stage,
        count(*) as moves_count
    from {{ ref('own_deal_stage_intervals') }}
    group by affiliate_id, deal_id
),

deals as (
    select
        now.*,
        roster.customer_kind,
        roster.origin,
        roster.channel,
        visits.opened_at,
        visits.opened_on,
        visits.lead_at,
        visits.first_won_at,
        visits.highest_rank,
        visits.last_stage,
        visits.moves_count,
        signals.demo_scheduled_at,
        signals.last_step_at,
        signals.last_activity_at,
        signals.next_step_due_at,
        amounts.amount,
        amounts.currency,
        amounts.amount_source,
        amounts.amount_base,
        stages.probability,
        now.stage_rank between 1 and 5 as is_open,
        case when now.stage_rank between 1 and 5 then 'open' else now.stage end as outcome,
        coalesce(
            case
                when stages.in_business_days then now.business_days_in_stage
                else {{ days_between('now.entered_at', as_of()) }}
            end > stages.stuck_after_days,
            false
        ) as is_overdue
    from {{ ref('own_deal_stage_intervals') }} as now
    inner join visits on now.affiliate_id = visits.affiliate_id and now.deal_id = visits.deal_id
    inner join signals on now.affiliate_id = signals.affiliate_id and now.deal_id = signals.deal_id
    inner join {{ ref('int_deals__roster') }} as roster
        on now.affiliate_id = roster.affiliate_id and now.deal_id = roster.deal_id
    inner join {{ ref('int_deals__amounts') }} as amounts
        on now.affiliate_id = amounts.affiliate_id and now.deal_id = amounts.deal_id
    inner join {{ funnel_stages() }} as stages on now.stage = stages.code
    where now.exited_at is null
),

-- share won of the closed deals that reached at least the stage
observed as (
    select
        closed.affiliate_id,
        stages.code as stage,
        {{ rounded_ratio('sum(closed.won)', 'sum(closed.deals)') }} as probability
    from (
        select
            affiliate_id,
            highest_rank,
            count(*) as deals,
            sum(case when outcome = 'won' then 1 else 0 end) as won
        from deals
        where not is_open
        group by affiliate_id, highest_rank
    ) as closed
    inner join {{ funnel_stages() }} as stages on stages.rank between 1 and closed.highest_rank
    where stages.rank < 6
    group by closed.affiliate_id, stages.code
    having sum(closed.deals) >= {{ var('funnel_observed_minimum') }}
)

select
    cast(deals.affiliate_id as bigint) as affiliate_id,
    cast(deals.deal_id as text) as deal_id,
    cast(deals.affiliate_customer_id as bigint) as affiliate_customer_id,
    cast(deals.customer_kind as text) as customer_kind,
    cast(deals.origin as text) as origin,
    cast(deals.channel as text) as channel,
    cast(deals.owner_id as bigint) as owner_id,
    cast(deals.stage as text) as stage,
    cast(deals.stage_rank as integer) as stage_rank,
    cast(deals.entered_at as timestamptz) as stage_since,
    cast(deals.outcome as text) as outcome,
    cast(deals.is_open as boolean) as is_open,
    cast(deals.attempt as integer) as attempt,
    cast(deals.moves_count as integer) as moves_count,
    cast(deals.highest_rank as integer) as highest_rank,
    cast(deals.last_stage as text) as last_stage,
    cast(deals.moved_by as text) as moved_by,
    cast(case when deals.stage_rank = 6 then deals.moved_by end as text) as won_by,
    cast(deals.reason_code as text) as reason_code,
    cast(deals.opened_at as timestamptz) as opened_at,
    cast(deals.opened_on as date) as opened_on,
    {{ month_code('deals.opened_on') }} as cohort_month,
    cast(deals.lead_at as timestamptz) as lead_at,
    cast(deals.demo_scheduled_at as timestamptz) as demo_scheduled_at,
    cast(deals.first_won_at as timestamptz) as first_won_at,
    cast(case when not deals.is_open then deals.entered_at end as timestamptz) as closed_at,
    cast(case when not deals.is_open then deals.entered_on end as date) as closed_on,
    cast(deals.last_step_at as timestamptz) as last_step_at,
    cast(deals.last_activity_at as timestamptz) as last_activity_at,
    cast(deals.next_step_due_at as timestamptz) as next_step_due_at,
    case
        when not deals.is_open
            then {{ days_of_minutes(minutes_between('deals.opened_at', 'deals.entered_at')) }}
    end as cycle_days,
    deals.days_in_stage,
    cast(deals.business_days_in_stage as integer) as business_days_in_stage,
    cast(deals.is_overdue as boolean) as is_overdue,
    cast(deals.is_overdue and deals.next_step_due_at is null as boolean) as is_stuck,
    cast(deals.amount as decimal(18, 2)) as amount,
    cast(deals.currency as text) as currency,
    cast(deals.amount_source as text) as amount_source,
    cast(deals.amount_base as decimal(18, 2)) as amount_base,
    cast(deals.probability as decimal(5, 4)) as probability,
    cast(observed.probability as decimal(9, 6)) as observed_probability,
    cast(deals.amount_base * deals.probability as decimal(18, 2)) as expected_amount_base
from deals
left join observed
    on deals.affiliate_id = observed.affiliate_id and deals.stage = observed.stage
