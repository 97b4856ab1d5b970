-- Either with deals from events or with the one deal that stands for the record, never with
-- both.
select
    records.affiliate_id,
    records.affiliate_customer_id
from {{ known_records() }} as records
left join {{ ref('own_deals') }} as deals
    on
        records.affiliate_id = deals.affiliate_id
        and records.affiliate_customer_id = deals.affiliate_customer_id
group by records.affiliate_id, records.affiliate_customer_id
having
    count(deals.deal_id) = 0
    or count(distinct deals.origin) > 1
    or count(case when deals.origin = 'records' then 1 end) > 1
