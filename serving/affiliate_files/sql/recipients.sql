select
    affiliate_id,
    coalesce(slug, '') as slug
from {affiliates}
where status = 'active'
order by affiliate_id
