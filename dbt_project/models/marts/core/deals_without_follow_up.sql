{# Every deal as its affiliate sees it, and the person it is with. #}
select
    deals.affiliate_id,
    deals.deal_id,
    xref.customer_id,
    deals.owner_id,
    deals.stage,
    deals.reason
from {{ ref('own_deals_without_follow_up') }} as deals
left join {{ ref('customer_xref') }} as xref
    on {{ same_subject(record(), 'deals', 'xref') }}
