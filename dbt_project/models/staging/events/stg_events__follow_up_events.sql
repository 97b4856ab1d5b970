with source as (
    {{ unique_events(source('raw', 'events_marketing_follow_ups')) }}
),

-- delivered tasks are known by pseudonyms outside the platform
delivered as (
    select
        affiliate_id,
        task_pseudonym,
        min(deal_id) as deal_id,
        min(affiliate_customer_id) as affiliate_customer_id
    from {{ source('raw', 'delivered_follow_ups') }}
    group by affiliate_id, task_pseudonym
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
    typed.event_id,
    typed.event_source,
    typed.affiliate_id,
    typed.task_id,
    coalesce(delivered.deal_id, typed.deal_id) as deal_id,
    coalesce(typed.affiliate_customer_id, delivered.affiliate_customer_id)
        as affiliate_customer_id,
    typed.owner_id,
    -- strings
    typed.event_type,
    typed.outcome,
    typed.channel,
    -- numerics
    cast(typed._deliveries as integer) as deliveries,
    typed._seq as landed_seq,
    -- booleans
    (
        (typed.affiliate_customer_id_text is not null and typed.affiliate_customer_id is null)
        or (typed.owner_id_text is not null and typed.owner_id is null)
        or (typed.due_at_text is not null and typed.due_at is null)
    ) as has_unreadable_values,
    -- timestamps
    typed.due_at,
    typed.event_at,
    typed._kafka_at as arrived_at
from typed
left join delivered
    on typed.affiliate_id = delivered.affiliate_id and typed.task_id = delivered.task_pseudonym
