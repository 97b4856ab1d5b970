with source as (
    {{ current_rows(source('raw', 'oltp_affiliate'), 'id') }}
),

known_time_zones as (
    {{ known_time_zones() }}
)

select
    -- ids
    source.id as affiliate_id,
    -- strings
    source.slug,
    source.full_name,
    source.email,
    coalesce(known_time_zones.name, 'UTC') as time_zone,
    source.currency,
    source.status,
    source._issues as unreadable_columns,
    -- numerics
    source._seq as landed_seq,
    -- timestamps
    source.created_at,
    source.updated_at
from source
left join known_time_zones on source.time_zone = known_time_zones.name
