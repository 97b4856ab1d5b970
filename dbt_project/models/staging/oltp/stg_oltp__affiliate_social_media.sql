with source as (
    {{ current_rows(source('raw', 'oltp_affiliate_social_media'), 'id') }}
)

select
    -- ids
    id as social_media_id,
    affiliate_id,
    -- strings
    reference_id,
    media_type,
    _issues as unreadable_columns,
    -- numerics
    _seq as landed_seq,
    -- timestamps
    created_at,
    updated_at
from source
