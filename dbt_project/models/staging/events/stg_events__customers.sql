with source as (
    {{ unique_events(source('raw', 'events_affiliate_customers')) }}
),

fields as (
    select
        *,
        {{ json_field('data', 'affiliate_customer_id') }} as affiliate_customer_id_text,
        {{ json_field('data', 'full_name') }} as full_name,
        {{ json_field('data', 'email') }} as email,
        {{ json_field('data', 'phone') }} as phone,
        {{ json_field('data', 'gender') }} as gender,
        {{ json_field('data', 'identifier') }} as identifier,
        {{ json_field('data', 'identifier_type') }} as identifier_type,
        {{ json_field('data', 'postal_code') }} as postal_code,
        {{ json_field('data', 'country') }} as country,
        {{ json_field('data', 'birth_date') }} as birth_date_text
    from source
),

typed as (
    select
        *,
        {{ parse_bigint('affiliate_customer_id_text') }} as affiliate_customer_id,
        {{ parse_date('birth_date_text') }} as birth_date
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
    full_name,
    email,
    phone,
    gender,
    identifier,
    identifier_type,
    postal_code,
    country,
    -- numerics
    cast(_deliveries as integer) as deliveries,
    _seq as landed_seq,
    -- booleans
    (
        (affiliate_customer_id_text is not null and affiliate_customer_id is null)
        or (birth_date_text is not null and birth_date is null)
    ) as has_unreadable_values,
    -- timestamps
    birth_date,
    event_at,
    _kafka_at as arrived_at
from typed
