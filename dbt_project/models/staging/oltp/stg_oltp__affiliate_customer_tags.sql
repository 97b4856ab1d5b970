with source as (
    {{ current_rows(source('raw', 'oltp_affiliate_customer_tag'), 'id') }}
)

select
    -- ids
    id as tag_id,
    affiliate_id,
    affiliate_customer_id,
    -- strings
    tag,
    source,
    _issues as unreadable_columns,
    -- numerics
    _seq as landed_seq,
    -- timestamps
    created_at,
    updated_at
from source
