{{ config(severity='warn') }}
-- The OLTP keeps its own totals. Where they drift, its orders are right and the OLTP should be
-- checked. Only a warning, because nothing is computed from these totals.
select
    affiliate_id,
    count(*) as customers,
    sum(abs(total_purchase_drift)) as drift
from {{ ref('own_customer') }}
where abs(total_purchase_drift) > 0.01 or abs(avg_ticket_drift) > 0.01
group by affiliate_id
