select
    -- ids
    affiliate_id,
    affiliate_customer_id,
    -- timestamps
    requested_at
from {{ source('raw', 'erased_record') }}
