with source as (
    {{ unique_events(source('raw', 'events_storefront_visits')) }}
),

fields as (
    select
        *,
        {{ json_field('data', 'affiliate_customer_id') }} as affiliate_customer_id_text,
        {{ json_field('data', 'product_id') }} as product_id_text,
        {{ json_field('data', 'session_id') }} as session_id,
        {{ json_field('data', 'channel') }} as channel
    from source
),

typed as (
    select
        *,
        {{ parse_bigint('affiliate_customer_id_text') }} as affiliate_customer_id,
        {{ parse_bigint('product_id_text') }} as product_id
    from fields
)

select
    -- ids
    event_id,
    event_source,
    affiliate_id,
    affiliate_customer_id,
    product_id,
    -- strings
    event_type,
    session_id,
    channel,
    -- numerics
    cast(_deliveries as integer) as deliveries,
    _seq as landed_seq,
    -- booleans
    (
        (affiliate_customer_id_text is not null and affiliate_customer_id is null)
        or (product_id_text is not null and product_id is null)
    ) as has_unreadable_values,
    -- timestamps
    event_at,
    _kafka_at as arrived_at
from typed
