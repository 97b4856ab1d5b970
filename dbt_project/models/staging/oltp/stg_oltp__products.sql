with source as (
    {{ current_rows(source('raw', 'oltp_product'), 'id') }}
)

select
    -- ids
    id as product_id,
    affiliate_id,
    -- strings
    sku,
    name as product_name,
    category,
    brand,
    currency,
    _issues as unreadable_columns,
    -- numerics
    unit_price,
    _seq as landed_seq,
    -- booleans
    is_active,
    -- timestamps
    created_at,
    updated_at
from source
