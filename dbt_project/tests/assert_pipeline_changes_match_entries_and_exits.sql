-- From day to day; and the latest pipeline equals the open deals.
with days as (
    select
        *,
        lag(open_deals) over (partition by affiliate_id, stage order by day) as open_before,
        row_number() over (partition by affiliate_id, stage order by day desc) as newness
    from {{ ref('own_pipeline_daily') }}
),

standing as (
    select
        affiliate_id,
        stage,
        count(*) as deals,
        sum(coalesce(amount_base, 0.00)) as amount_base
    from {{ ref('own_deals') }}
    where is_open
    group by affiliate_id, stage
)

select
    days.affiliate_id,
    days.stage,
    days.day
from days
left join standing
    on days.affiliate_id = standing.affiliate_id and days.stage = standing.stage
where
    days.open_deals <> days.open_before + days.entered - days.exited
    or days.newness = 1
    and (
        days.open_deals <> coalesce(standing.deals, 0)
        or days.amount_base <> coalesce(standing.amount_base, 0.00)
    )
