with source as (
    {{ unique_events(source('raw', 'events_privacy_erasures'), until_as_of=false) }}
),

fields as (
    select
        *,
        {{ json_field('data', 'affiliate_customer_id') }} as affiliate_customer_id_text,
        {{ json_field('data', 'scope') }} as scope,
        {{ json_field('data', 'request_id') }} as request_id
    from source
),

typed as (
    select
        *,
        {{ parse_bigint('affiliate_customer_id_text') }} as affiliate_customer_id
    from fields
)

select
    -- ids
    event_id,
    event_source,
    affiliate_id,
    affiliate_customer_id,
    -- strings
    event_type,
    scope,
    request_id,
    -- numerics
    cast(_deliveries as integer) as deliveries,
    _seq as landed_seq,
    -- booleans
    (affiliate_customer_id_text is not null and affiliate_customer_id is null)
        as has_unreadable_values,
    -- timestamps
    event_at,
    _kafka_at as arrived_at
from typed
