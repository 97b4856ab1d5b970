with source as (
    {{ current_rows(source('raw', 'oltp_app_user'), 'id') }}
)

select
    -- ids
    id as app_user_id,
    affiliate_id,
    -- strings
    full_name,
    email,
    role,
    _issues as unreadable_columns,
    -- numerics
    _seq as landed_seq,
    -- booleans
    is_active,
    -- timestamps
    created_at,
    updated_at
from source
