-- Exactly one of the two.
select
    deals.affiliate_id,
    deals.deal_id
from {{ ref('own_deals') }} as deals
left join {{ ref('own_follow_ups') }} as tasks
    on deals.affiliate_id = tasks.affiliate_id and deals.deal_id = tasks.deal_id
left join {{ ref('own_deals_without_follow_up') }} as reasons
    on deals.affiliate_id = reasons.affiliate_id and deals.deal_id = reasons.deal_id
where
    deals.is_open
    and (tasks.task_id is null) = (reasons.reason is null)
