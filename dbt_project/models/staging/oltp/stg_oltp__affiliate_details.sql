with source as (
    {{ current_rows(source('raw', 'oltp_affiliate_detail'), 'affiliate_id') }}
)

select
    -- ids
    affiliate_id,
    -- strings
    tax_details,
    identifier,
    identifier_type,
    _issues as unreadable_columns,
    -- numerics
    _seq as landed_seq,
    -- timestamps
    created_at,
    updated_at
from source
