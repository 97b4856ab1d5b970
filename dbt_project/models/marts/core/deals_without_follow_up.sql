{# Every deal as its affiliate sees it, with the person it is about. #}
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
