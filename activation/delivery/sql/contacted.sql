select
    affiliate_id,
    record_id,
    max(happened_at) as happened_at
from followed_up
group by all
