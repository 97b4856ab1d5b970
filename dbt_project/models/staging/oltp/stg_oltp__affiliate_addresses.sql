with source as (
    {{ current_rows(source('raw', 'oltp_affiliate_address'), 'id') }}
)

select
    -- ids
    id as address_id,
    affiliate_id,
    -- strings
    street,
    city,
    region,
    postal_code,
    country,
    _issues as unreadable_columns,
    -- numerics
    _seq as landed_seq,
    -- timestamps
    created_at,
    updated_at
from source
