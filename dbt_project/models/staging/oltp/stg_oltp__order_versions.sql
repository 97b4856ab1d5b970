{{ config(materialized='ephemeral', contract={'enforced': false}) }}
{# If an order has no version by as_of, its oldest later version is used, as in `known_versions`:
   reading later versions backwards, it comes last. #}
{%- set recency = 'case when is_stated then _seq else -_seq end' -%}
{%- set of_the_order = 'partition by id, _source order by ' ~ recency -%}

with known as (
    select
        *,
        {{ was_stated('versions') }} as is_stated
    from {{ source('raw', 'oltp_order_header') }} as versions
    where
        versions._op <> 'delete'
        and ({{ was_stated('versions') }} or versions.created_at <= {{ as_of() }})
),

compared as (
    select
        *,
        lag(case when is_stated then status end) over ({{ of_the_order }}) as previous_status,
        coalesce(lag(is_stated) over ({{ of_the_order }}), false) as has_previous,
        lead(is_stated) over ({{ of_the_order }}) is null as is_last
    from known
)

select
    -- ids
    id as order_id,
    affiliate_id,
    _source as source_name,
    -- strings
    status,
    previous_status,
    -- numerics
    _seq as landed_seq,
    -- booleans
    has_previous,
    -- timestamps
    case when is_stated then coalesce(updated_at, created_at) else created_at end as stated_at
from compared
where is_stated or is_last
