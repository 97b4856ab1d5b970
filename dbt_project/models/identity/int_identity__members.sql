select
    clusters.affiliate_id,
    clusters.affiliate_customer_id,
    clusters.record_id,
    clusters.cluster_id,
    landed.customer_id as prior_customer_id,
    landed.assigned_at as prior_assigned_at,
    coalesce(landed.ids_assigned, 0) as ids_assigned
from {{ ref('int_identity__clusters') }} as clusters
left join {{ ref('int_identity__prior_assignments') }} as landed
    on
        clusters.affiliate_id = landed.affiliate_id
        and clusters.affiliate_customer_id = landed.affiliate_customer_id
left join {{ ref('erased_records') }} as erased
    on
        clusters.affiliate_id = erased.affiliate_id
        and clusters.affiliate_customer_id = erased.affiliate_customer_id
where erased.affiliate_id is null
