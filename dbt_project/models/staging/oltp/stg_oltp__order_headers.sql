with source as (
    {{ last_rows(source('raw', 'oltp_order_header'), 'id') }}
)

select
    -- ids
    id as order_id,
    affiliate_id,
    affiliate_customer_id,
    -- strings
    order_number,
    status,
    channel,
    currency,
    _issues as unreadable_columns,
    -- numerics
    discount_amount,
    tax_amount,
    shipping_amount,
    total_amount,
    _seq as landed_seq,
    -- booleans
    is_deleted,
    -- timestamps
    ordered_at,
    created_at,
    updated_at
from source
