with source as (
    {{ unique_events(source('raw', 'events_marketing_consents')) }}
),

fields as (
    select
        *,
        {{ json_field('data', 'affiliate_customer_id') }} as affiliate_customer_id_text,
        {{ json_field('data', 'purpose') }} as purpose,
        {{ json_field('data', 'channel') }} as channel,
        {{ json_field('data', 'policy_version') }} as policy_version
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
    purpose,
    channel,
    policy_version,
    -- numerics
    cast(_deliveries as integer) as deliveries,
    _seq as landed_seq,
    -- booleans
    event_type = 'ConsentGranted' as is_granted,
    (affiliate_customer_id_text is not null and affiliate_customer_id is null)
        as has_unreadable_values,
    -- timestamps
    event_at,
    _kafka_at as arrived_at
from typed
