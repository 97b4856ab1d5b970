with source as (
    {{ current_rows(source('raw', 'oltp_affiliate_customer'), 'id') }}
)

select
    -- ids
    id as affiliate_customer_id,
    affiliate_id,
    -- strings
    _source as source_name,
    full_name,
    email,
    phone,
    gender,
    identifier,
    identifier_type,
    postal_code,
    country,
    _issues as unreadable_columns,
    -- numerics
    total_purchase,
    avg_ticket,
    _seq as landed_seq,
    -- timestamps
    birth_date,
    created_at,
    updated_at
from source
