-- depends_on: {{ ref('stg_identity__assignments') }}
{# Records whose person may have changed: in a full run all of them; otherwise those whose cluster
   may have changed, and the clusters of records that were erased since. #}
{%- set incremental = ledger_is_incremental() -%}
{%- set kept = identity_cache('int_identity__assignments') if incremental %}
with {% if incremental -%}
flipped as (
    select kept.record_id
    from {{ kept }} as kept
    inner join {{ ref('erased_records') }} as erased
        on
            kept.affiliate_id = erased.affiliate_id
            and kept.affiliate_customer_id = erased.affiliate_customer_id
    where kept.customer_id is not null
    union
    select kept.record_id
    from {{ kept }} as kept
    left join {{ ref('erased_records') }} as erased
        on
            kept.affiliate_id = erased.affiliate_id
            and kept.affiliate_customer_id = erased.affiliate_customer_id
    where kept.customer_id is null and erased.affiliate_id is null
),

active as (
    select record_id from {{ ref('int_identity__affected_records') }}
    union
    select record_id from {{ ref('int_identity__clusters') }}
    where cluster_id in (
        select clusters.cluster_id
        from {{ ref('int_identity__clusters') }} as clusters
        inner join flipped on clusters.record_id = flipped.record_id
    )
),

landed as (
    select kept.*
    from {{ kept }} as kept
    inner join active on kept.record_id = active.record_id
),
{%- else -%}
newest as (
    select
        affiliate_id,
        affiliate_customer_id,
        max(landing_position) as landing_position,
        count(customer_id) as ids_assigned
    from {{ ref('stg_identity__assignments') }}
    group by affiliate_id, affiliate_customer_id
),

landed as (
    select
        assignments.affiliate_id,
        assignments.affiliate_customer_id,
        assignments.record_id,
        assignments.customer_id,
        assignments.assigned_at,
        newest.ids_assigned
    from newest
    inner join {{ ref('stg_identity__assignments') }} as assignments
        on
            newest.affiliate_id = assignments.affiliate_id
            and newest.affiliate_customer_id = assignments.affiliate_customer_id
            and newest.landing_position = assignments.landing_position
),
{%- endif %}

known as (
    select
        clusters.affiliate_id,
        clusters.affiliate_customer_id,
        clusters.record_id,
        clusters.cluster_id
    from {{ ref('int_identity__clusters') }} as clusters
    left join {{ ref('erased_records') }} as erased
        on
            clusters.affiliate_id = erased.affiliate_id
            and clusters.affiliate_customer_id = erased.affiliate_customer_id
    where erased.affiliate_id is null
    {%- if incremental %}
        and clusters.record_id in (select active.record_id from active)
    {%- endif %}
)

select
    coalesce(known.affiliate_id, landed.affiliate_id) as affiliate_id,
    coalesce(known.affiliate_customer_id, landed.affiliate_customer_id) as affiliate_customer_id,
    coalesce(known.record_id, landed.record_id) as record_id,
    known.cluster_id,
    landed.customer_id as prior_customer_id,
    landed.assigned_at as prior_assigned_at,
    coalesce(landed.ids_assigned, 0) as ids_assigned
from known
full join landed
    on
        known.affiliate_id = landed.affiliate_id
        and known.affiliate_customer_id = landed.affiliate_customer_id
