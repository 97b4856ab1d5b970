with source as (
    {{ unique_events(source('raw', 'events_marketing_follow_ups')) }}
),

fields as (
    select
        *,
        {{ json_field('data', 'task_id') }} as task_id,
        {{ json_field('data', 'deal_id') }} as deal_id,
        {{ json_field('data', 'affiliate_customer_id') }} as affiliate_customer_id_text,
        {{ json_field('data', 'owner_id') }} as owner_id_text,
        {{ json_field('data', 'outcome') }} as outcome,
        {{ json_field('data', 'channel') }} as channel,
        {{ json_field('data', 'due_at') }} as due_at_text
    from source
),

typed as (
    select
        *,
        {{ parse_bigint('affiliate_customer_id_text') }} as affiliate_customer_id,
        {{ parse_bigint('owner_id_text') }} as owner_id,
        {{ parse_timestamp('due_at_text') }} as due_at
    from fields
)

select
    -- ids
    event_id,
    event_source,
    affiliate_id,
    task_id,
    deal_id,
    affiliate_customer_id,
    owner_id,
    -- strings
    event_type,
    outcome,
    channel,
    -- numerics
    cast(_deliveries as integer) as deliveries,
    _seq as landed_seq,
    -- booleans
    (
        (affiliate_customer_id_text is not null and affiliate_customer_id is null)
        or (owner_id_text is not null and owner_id is null)
        or (due_at_text is not null and due_at is null)
    ) as has_unreadable_values,
    -- timestamps
    due_at,
    event_at,
    _kafka_at as arrived_at
from typed
