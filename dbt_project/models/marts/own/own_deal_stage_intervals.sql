with intervals as (
    select
        intervals.*,
        roster.affiliate_customer_id,
        stages.rank as stage_rank,
        {{ stage_transition('stages.rank', 'before.rank') }} as move,
        coalesce(locations.time_zone, 'UTC') as time_zone,
        coalesce(locations.country, '') as country,
        {{ minutes_between(
            'intervals.entered_at', 'coalesce(intervals.exited_at, ' ~ as_of() ~ ')'
        ) }} as minutes
    from {{ ref('int_deals__stage_intervals') }} as intervals
    inner join {{ ref('int_deals__roster') }} as roster
        on intervals.affiliate_id = roster.affiliate_id and intervals.deal_id = roster.deal_id
    inner join {{ funnel_stages() }} as stages on intervals.stage = stages.code
    left join {{ funnel_stages() }} as before on intervals.from_stage = before.code
    left join {{ ref('int_affiliates__locations') }} as locations
        on intervals.affiliate_id = locations.affiliate_id
),

visits as (
    select
        *,
        cast(entered_at at time zone time_zone as date) as entered_on,
        cast(exited_at at time zone time_zone as date) as exited_on,
        cast(coalesce(exited_at, {{ as_of() }}) at time zone time_zone as date) as until_day,
        1 + sum(case when move = 'reopened' then 1 else 0 end) over (
            partition by affiliate_id, deal_id order by move_no
            rows between unbounded preceding and current row
        ) as attempt,
        row_number() over (partition by affiliate_id, deal_id, stage order by move_no) as visit_no
    from intervals
)

select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(deal_id as text) as deal_id,
    cast(move_no as integer) as move_no,
    cast(affiliate_customer_id as bigint) as affiliate_customer_id,
    cast(attempt as integer) as attempt,
    cast(stage as text) as stage,
    cast(stage_rank as integer) as stage_rank,
    cast(visit_no as integer) as visit_no,
    cast(from_stage as text) as from_stage,
    cast(move as text) as move,
    cast(moved_by as text) as moved_by,
    cast(reason_code as text) as reason_code,
    cast(owner_id as bigint) as owner_id,
    cast(entered_at as timestamptz) as entered_at,
    cast(exited_at as timestamptz) as exited_at,
    cast(entered_on as date) as entered_on,
    cast(exited_on as date) as exited_on,
    case when stage_rank between 1 and 5 then {{ days_of_minutes('minutes') }} end
        as days_in_stage,
    cast(
        case
            when stage_rank between 1 and 5
                then {{ business_days('visits.entered_on', 'visits.until_day', 'visits.country') }}
        end as integer
    ) as business_days_in_stage
from visits
