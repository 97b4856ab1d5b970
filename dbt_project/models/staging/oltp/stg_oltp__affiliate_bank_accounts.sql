with source as (
    {{ current_rows(source('raw', 'oltp_affiliate_bank_account'), 'id') }}
)

select
    -- ids
    id as bank_account_id,
    affiliate_id,
    -- strings
    bank_name,
    account_holder,
    _issues as unreadable_columns,
    -- numerics
    _seq as landed_seq,
    -- timestamps
    created_at,
    updated_at
from source
