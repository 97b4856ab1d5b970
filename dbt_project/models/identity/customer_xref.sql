select
    affiliate_id,
    affiliate_customer_id,
    customer_id,
    assigned_at as valid_from
from {{ ref('int_identity__assignments') }}
