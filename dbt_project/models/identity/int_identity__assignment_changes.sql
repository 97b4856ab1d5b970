{# What the ledger step lands: records of another person than was landed, or of none any more. #}
select
    assignments.affiliate_id,
    assignments.affiliate_customer_id,
    assignments.record_id,
    assignments.customer_id,
    assignments.prior_customer_id,
    assignments.assigned_at,
    cast(null as text) as cause
from {{ ref('int_identity__assignments') }} as assignments
where
    assignments.prior_customer_id is null
    or assignments.prior_customer_id <> assignments.customer_id
union all
select
    landed.affiliate_id,
    landed.affiliate_customer_id,
    landed.record_id,
    cast(null as text) as customer_id,
    landed.customer_id as prior_customer_id,
    run.changed_at as assigned_at,
    case when erased.affiliate_id is null then 'absent' else 'erased' end as cause
from {{ ref('int_identity__prior_assignments') }} as landed
left join {{ ref('int_identity__members') }} as members
    on
        landed.affiliate_id = members.affiliate_id
        and landed.affiliate_customer_id = members.affiliate_customer_id
left join {{ ref('erased_records') }} as erased
    on
        landed.affiliate_id = erased.affiliate_id
        and landed.affiliate_customer_id = erased.affiliate_customer_id
cross join {{ ref('int_identity__run') }} as run
where
    landed.customer_id is not null
    and members.affiliate_id is null
    and (erased.affiliate_id is not null or not run.is_looking_back)
