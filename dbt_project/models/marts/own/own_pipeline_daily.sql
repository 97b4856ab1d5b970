{# Changes before the first day that is kept are summarised as one change on the day before it. #}
{%- set until_then -%}
    partition by days.affiliate_id, stages.code order by days.day
    rows between unbounded preceding and current row
{%- endset -%}
with affiliates as (
    select
        deals.affiliate_id,
        cast({{ as_of() }} at time zone coalesce(max(affiliates.time_zone), 'UTC') as date)
            as last_day,
        greatest(
            min(deals.opened_on),
            cast({{ as_of() }} at time zone coalesce(max(affiliates.time_zone), 'UTC') as date)
            - {{ var('pipeline_days_kept') }} + 1
        ) as first_day
    from {{ ref('own_deals') }} as deals
    left join {{ ref('stg_oltp__affiliates') }} as affiliates
        on deals.affiliate_id = affiliates.affiliate_id
    group by deals.affiliate_id
),

visits as (
    select
        visits.affiliate_id,
        visits.stage,
        visits.entered_on,
        visits.exited_on,
        deals.amount_base,
        affiliates.first_day
    from {{ ref('own_deal_stage_intervals') }} as visits
    inner join {{ ref('own_deals') }} as deals
        on visits.affiliate_id = deals.affiliate_id and visits.deal_id = deals.deal_id
    inner join affiliates on visits.affiliate_id = affiliates.affiliate_id
    where visits.stage_rank between 1 and 5
),

changes as (
    select
        affiliate_id,
        stage,
        day,
        sum(case when direction = 1 then 1 else 0 end) as entered,
        sum(case when direction = -1 then 1 else 0 end) as exited,
        sum(direction) as deals,
        sum(case when amount_base is null then direction else 0 end) as deals_without_amount,
        sum(direction * coalesce(amount_base, 0.00)) as amount_base
    from (
        select
            affiliate_id,
            stage,
            amount_base,
            1 as direction,
            greatest(entered_on, first_day - 1) as day
        from visits
        union all
        select
            affiliate_id,
            stage,
            amount_base,
            -1 as direction,
            greatest(exited_on, first_day - 1) as day
        from visits
        where exited_on is not null
    ) as directions
    group by affiliate_id, stage, day
),

numbers as (
    select cast(number as integer) as number
    from generate_series(0, {{ var('pipeline_days_kept') }}) as numbers (number)
),

days as (
    select
        affiliates.affiliate_id,
        affiliates.first_day,
        cast(affiliates.first_day - 1 + numbers.number as date) as day
    from affiliates
    inner join numbers
        on affiliates.first_day - 1 + numbers.number <= affiliates.last_day
),

running as (
    select
        days.affiliate_id,
        days.day,
        days.first_day,
        stages.code as stage,
        stages.rank as stage_rank,
        stages.probability,
        coalesce(changes.entered, 0) as entered,
        coalesce(changes.exited, 0) as exited,
        sum(coalesce(changes.deals, 0)) over ({{ until_then }}) as deals,
        sum(coalesce(changes.deals_without_amount, 0)) over ({{ until_then }})
            as deals_without_amount,
        sum(coalesce(changes.amount_base, 0)) over ({{ until_then }}) as amount_base
    from days
    inner join {{ funnel_stages() }} as stages on stages.rank between 1 and 5
    left join changes
        on
            days.affiliate_id = changes.affiliate_id
            and days.day = changes.day
            and stages.code = changes.stage
)

select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(day as date) as day,
    cast(stage as text) as stage,
    cast(stage_rank as integer) as stage_rank,
    cast(entered as integer) as entered,
    cast(exited as integer) as exited,
    cast(deals as integer) as open_deals,
    cast(deals_without_amount as integer) as open_deals_without_amount,
    cast(amount_base as decimal(18, 2)) as amount_base,
    cast(amount_base * probability as decimal(18, 2)) as expected_amount_base
from running
where day >= first_day
