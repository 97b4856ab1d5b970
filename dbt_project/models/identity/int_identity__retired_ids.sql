{{ config(materialized='ephemeral') }}
select landed.customer_id
from {{ ref('int_identity__prior_assignments') }} as landed
left join {{ ref('int_identity__id_claims') }} as claims
    on landed.customer_id = claims.customer_id
left join {{ ref('int_identity__assignment_changes') }} as changes
    on
        landed.affiliate_id = changes.affiliate_id
        and landed.affiliate_customer_id = changes.affiliate_customer_id
        and changes.customer_id is null
where landed.customer_id is not null and claims.customer_id is null
group by landed.customer_id
-- a build that looks back does not see all records: what it does not see has not gone
having count(*) = count(changes.affiliate_id)
