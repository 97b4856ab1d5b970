{{ config(materialized='ephemeral', contract={'enforced': false}) }}
{# Assignments landed by as_of. A record whose first assignment was landed later uses that one from
   the start. #}
with landed as (
    select *
    from {{ source('raw', 'identity_assignments') }}
    where assigned_at <= {{ as_of() }}
),

unseen as (
    select *
    from {{ source('raw', 'identity_assignments') }}
    where assigned_at > {{ as_of() }}
),

-- look up the few: the many are never hashed
seen as (
    select distinct
        unseen.affiliate_id,
        unseen.affiliate_customer_id
    from unseen
    inner join landed
        on
            unseen.affiliate_id = landed.affiliate_id
            and unseen.affiliate_customer_id = landed.affiliate_customer_id
),

later as (
    select
        unseen.*,
        row_number() over (
            partition by unseen.affiliate_id, unseen.affiliate_customer_id
            order by unseen._seq
        ) as place
    from unseen
    left join seen
        on
            unseen.affiliate_id = seen.affiliate_id
            and unseen.affiliate_customer_id = seen.affiliate_customer_id
    where seen.affiliate_id is null
)

{% for name in ['landed', 'later'] -%}
select
    -- ids
    affiliate_id,
    affiliate_customer_id,
    cast(affiliate_id as text) || ':' || cast(affiliate_customer_id as text) as record_id,
    customer_id,
    invocation_id,
    -- numerics
    _seq as landing_position,
    -- booleans
    {{ 'true' if name == 'later' else 'false' }} as is_of_later,
    -- timestamps
    least(assigned_at, {{ as_of() }}) as assigned_at
from {{ name }}
{% if not loop.last -%}
union all
{% else -%}
where place = 1
{% endif %}
{%- endfor %}
