-- And every closed deal is in exactly one exit, or won.
select
    deals.affiliate_id,
    deals.deal_id
from {{ ref('own_deals') }} as deals
left join {{ ref('own_deal_stage_intervals') }} as visits
    on
        deals.affiliate_id = visits.affiliate_id
        and deals.deal_id = visits.deal_id
        and visits.exited_at is null
group by deals.affiliate_id, deals.deal_id, deals.stage, deals.is_open
having
    count(visits.stage) <> 1
    or min(visits.stage) <> deals.stage
    or (min(visits.stage_rank) between 1 and 5) <> deals.is_open
