{{ config(severity='warn') }}
-- The OLTP keeps totals of its own. Where they drift, its orders are right and somebody should
-- look: a warning, because nothing here is computed from them.
select
    affiliate_id,
    count(*) as customers,
    sum(abs(total_purchase_drift)) as drift
from {{ ref('own_customer') }}
where abs(total_purchase_drift) > 0.01 or abs(avg_ticket_drift) > 0.01
group by affiliate_id
