select
    affiliate_id,
    affiliate_customer_id,
    dimension
from {{ ref('own_customer_interests') }}
group by affiliate_id, affiliate_customer_id, dimension
having
    sum(score) > 0
    -- each share is rounded to six digits
    and abs(sum(share) - 1) > 0.000001 * count(*)
