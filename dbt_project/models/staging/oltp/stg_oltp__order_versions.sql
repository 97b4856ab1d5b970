{{ config(materialized='ephemeral', contract={'enforced': false}) }}
{# Of an order that said nothing by as_of, the oldest later version stands for what it was, as in
   `known_versions`: it comes last when later versions are read back in time. #}
{%- set recency = 'case when is_said then _seq else -_seq end' -%}
{%- set of_the_order = 'partition by id, _source order by ' ~ recency -%}

with known as (
    select
        *,
        {{ was_said('versions') }} as is_said
    from {{ source('raw', 'oltp_order_header') }} as versions
    where
        versions._op <> 'delete'
        and ({{ was_said('versions') }} or versions.created_at <= {{ as_of() }})
),

compared as (
    select
        *,
        lag(case when is_said then status end) over ({{ of_the_order }}) as previous_status,
        coalesce(lag(is_said) over ({{ of_the_order }}), false) as has_previous,
        lead(is_said) over ({{ of_the_order }}) is null as is_last
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
    case when is_said then coalesce(updated_at, created_at) else created_at end as stated_at
from compared
where is_said or is_last
