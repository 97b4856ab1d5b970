select
    clusters.affiliate_id,
    clusters.affiliate_customer_id,
    md5(
        'affiliate/customer/1:' || cast(clusters.anchor_affiliate_id as text)
        || ':' || cast(clusters.anchor_customer_id as text)
    ) as customer_id
from {{ ref('int_identity__clusters') }} as clusters
left join {{ ref('erased_records') }} as erased
    on
        clusters.affiliate_id = erased.affiliate_id
        and clusters.affiliate_customer_id = erased.affiliate_customer_id
where erased.affiliate_id is null
