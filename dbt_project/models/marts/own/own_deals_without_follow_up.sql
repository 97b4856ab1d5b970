select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(deal_id as text) as deal_id,
    cast(affiliate_customer_id as bigint) as affiliate_customer_id,
    cast(owner_id as bigint) as owner_id,
    cast(stage as text) as stage,
    cast(no_task_reason as text) as reason
from {{ ref('int_follow_ups__plans') }}
where is_open and no_task_reason is not null
