{# What the ledger step lands: records whose person differs from the landed one, or that no longer
   have any. #}
select
    members.affiliate_id,
    members.affiliate_customer_id,
    members.record_id,
    assignments.customer_id,
    members.prior_customer_id,
    assignments.assigned_at,
    case
        when assignments.customer_id is not null then null
        when erased.affiliate_id is null then 'absent'
        else 'erased'
    end as cause
from {{ ref('int_identity__members') }} as members
inner join {{ ref('int_identity__assignments') }} as assignments
    on members.record_id = assignments.record_id
left join {{ ref('erased_records') }} as erased
    on
        members.affiliate_id = erased.affiliate_id
        and members.affiliate_customer_id = erased.affiliate_customer_id
cross join {{ ref('int_identity__run') }} as run
where
    assignments.customer_id is distinct from members.prior_customer_id
    -- a build for an earlier time does not see all records, so a missing record is not gone
    and (
        assignments.customer_id is not null
        or erased.affiliate_id is not null
        or not run.is_looking_back
    )
