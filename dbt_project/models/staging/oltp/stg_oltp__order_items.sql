with source as (
    {{ last_rows(source('raw', 'oltp_order_item'), 'id') }}
)

select
    -- ids
    id as order_item_id,
    affiliate_id,
    order_id,
    product_id,
    -- strings
    _issues as unreadable_columns,
    -- numerics
    quantity,
    refunded_quantity,
    unit_price,
    discount_amount,
    refunded_amount,
    _seq as landed_seq,
    -- booleans
    is_deleted,
    -- timestamps
    created_at,
    updated_at
from source
