with source as (
    {{ current_rows(source('raw', 'oltp_customer_invite'), 'id') }}
)

select
    -- ids
    id as invite_id,
    affiliate_id,
    affiliate_customer_id,
    -- strings
    channel,
    email,
    _issues as unreadable_columns,
    -- numerics
    _seq as landed_seq,
    -- timestamps
    invited_at,
    accepted_at,
    created_at,
    updated_at
from source
