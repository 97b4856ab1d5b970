-- The records that the last build unified with this one, including those to be erased.
select
    clusters.affiliate_id,
    clusters.affiliate_customer_id
from {clusters} as clusters
where
    clusters.cluster_id in (
        select same.cluster_id
        from {clusters} as same
        where same.affiliate_id = $affiliate and same.affiliate_customer_id = $customer
    )
