-- For every stage and exit: deals that entered have left it or are in it now.
with visits as (
    select
        affiliate_id,
        stage,
        count(*) as entered,
        count(exited_at) as exited
    from {{ ref('own_deal_stage_intervals') }}
    group by affiliate_id, stage
),

standing as (
    select
        affiliate_id,
        stage,
        count(*) as deals
    from {{ ref('own_deals') }}
    group by affiliate_id, stage
)

select
    coalesce(visits.affiliate_id, standing.affiliate_id) as affiliate_id,
    coalesce(visits.stage, standing.stage) as stage
from visits
full outer join standing
    on visits.affiliate_id = standing.affiliate_id and visits.stage = standing.stage
where coalesce(visits.entered, 0) <> coalesce(visits.exited, 0) + coalesce(standing.deals, 0)
