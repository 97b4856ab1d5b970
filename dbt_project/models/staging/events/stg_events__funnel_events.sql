with source as (
    {{ unique_events(source('raw', 'events_sales_funnel')) }}
),

fields as (
    select
        *,
        {{ json_field('data', 'deal_id') }} as deal_id,
        {{ json_field('data', 'affiliate_customer_id') }} as affiliate_customer_id_text,
        {{ json_field('data', 'owner_id') }} as owner_id_text,
        {{ json_field('data', 'currency') }} as currency,
        {{ json_field('data', 'reason') }} as reason_text,
        {{ json_field('data', 'amount') }} as amount_text
    from source
),

typed as (
    select
        *,
        {{ parse_bigint('affiliate_customer_id_text') }} as affiliate_customer_id,
        {{ parse_bigint('owner_id_text') }} as owner_id,
        {{ parse_money('amount_text') }} as amount,
        {{ funnel_stage('event_type') }} as stage
    from fields
)

select
    -- ids
    event_id,
    event_source,
    affiliate_id,
    deal_id,
    affiliate_customer_id,
    owner_id,
    -- strings
    event_type,
    stage,
    currency,
    reason_text,
    -- numerics
    amount,
    cast(_deliveries as integer) as deliveries,
    _seq as landed_seq,
    -- booleans
    (
        (affiliate_customer_id_text is not null and affiliate_customer_id is null)
        or (owner_id_text is not null and owner_id is null)
        or (amount_text is not null and amount is null)
    ) as has_unreadable_values,
    -- timestamps
    event_at,
    _kafka_at as arrived_at
from typed
