{{ config(materialized='ephemeral') }}
{# The OLTP row of a customer is one statement, made when it was last changed; each event is
   another. An event states its affiliate but no source: it is matched with the source that holds
   the affiliate. An affiliate that no source holds can only belong to the one source there is. #}
{%- set attributes = [
    'full_name', 'email', 'phone', 'gender', 'birth_date', 'identifier', 'identifier_type',
    'postal_code', 'country'
] -%}

with table_rows as (
    select
        affiliate_id,
        affiliate_customer_id,
        {{ attributes | join(',\n        ') }},
        created_at as known_since,
        coalesce(updated_at, created_at) as stated_at,
        landed_seq,
        'table' as stated_by,
        '' as event_source,
        '' as event_id
    from {{ ref('stg_oltp__affiliate_customers') }}
),

only_source as (
    select case when min(source_name) = max(source_name) then min(source_name) end as source_name
    from (
        select source_name from {{ ref('stg_oltp__affiliate_customers') }}
        union all
        select source_name from {{ ref('stg_oltp__customer_deletions') }}
    ) as named
),

located_events as (
    select
        events.*,
        coalesce(sources.source_name, only_source.source_name) as source_name
    from {{ ref('stg_events__customers') }} as events
    left join {{ ref('stg_oltp__affiliate_sources') }} as sources
        on events.affiliate_id = sources.affiliate_id and sources.is_current
    cross join only_source
),

events as (
    select
        events.affiliate_id,
        events.affiliate_customer_id,
        events.{{ attributes | join(',\n        events.') }},
        events.event_at as known_since,
        events.event_at as stated_at,
        events.landed_seq,
        'event' as stated_by,
        events.event_source,
        events.event_id
    from located_events as events
    left join {{ ref('stg_oltp__affiliate_customers') }} as customers
        on
            events.source_name = customers.source_name
            and events.affiliate_customer_id = customers.affiliate_customer_id
    left join {{ ref('stg_oltp__customer_deletions') }} as deletions
        on
            events.source_name = deletions.source_name
            and events.affiliate_customer_id = deletions.affiliate_customer_id
    where
        events.affiliate_customer_id is not null
        and deletions.affiliate_customer_id is null
        -- an affiliate's event about another affiliate's customer creates no record
        and (customers.affiliate_id is null or customers.affiliate_id = events.affiliate_id)
),

statements as (
    select recorded.*
    from (
        select * from table_rows
        union all
        select * from events
    ) as recorded
    left join {{ ref('stg_privacy__erased_records') }} as erased
        on
            recorded.affiliate_id = erased.affiliate_id
            and recorded.affiliate_customer_id = erased.affiliate_customer_id
    -- statements about erased records are excluded, however they arrived
    where erased.affiliate_customer_id is null
)

select
    affiliate_id,
    affiliate_customer_id,
    cast(
        row_number() over (
            partition by affiliate_id, affiliate_customer_id
            order by
                coalesce(stated_at, cast('0001-01-01' as timestamptz)) desc,
                landed_seq desc,
                stated_by desc,
                {{ binary_order('event_source') }},
                {{ binary_order('event_id') }}
        ) as bigint
    ) as recency_rank,
    stated_by,
    {{ attributes | join(',\n    ') }},
    known_since,
    stated_at
from statements
