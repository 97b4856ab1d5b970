{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ purge_members() }}"
) }}
{# The secret is read as a row, so that no compiled SQL and no log contains it. A new ID is a hash
   of one of its records and of the number of IDs that this record had before, so that no ID is used
   twice. #}
with carried as (
    select
        members.*,
        kept.customer_id as kept_id
    from {{ ref('int_identity__members') }} as members
    left join {{ ref('int_identity__id_claims') }} as kept
        on members.cluster_id = kept.cluster_id and kept.is_kept
),

new_clusters as (
    select
        cluster_id,
        min({{ binary_order('record_id') }}) as anchor_record_id
    from carried
    where kept_id is null and cluster_id is not null
    group by cluster_id
),

salts as (
    select max(salt) as salt
    from {{ source('raw', 'identity_salt') }}
),

minted as (
    select
        anchors.cluster_id,
        md5(
            salts.salt || ':' || anchors.record_id || ':' || cast(anchors.ids_assigned as text)
        ) as customer_id
    from new_clusters
    inner join carried as anchors on new_clusters.anchor_record_id = anchors.record_id
    cross join salts
),

named as (
    select
        carried.*,
        coalesce(carried.kept_id, minted.customer_id) as customer_id
    from carried
    left join minted on carried.cluster_id = minted.cluster_id
)

select
    named.affiliate_id,
    named.affiliate_customer_id,
    named.record_id,
    named.customer_id,
    case
        when coalesce(named.customer_id, '') = coalesce(named.prior_customer_id, '')
            then named.prior_assigned_at
        else run.changed_at
    end as assigned_at,
    named.ids_assigned
    + case when named.customer_id <> coalesce(named.prior_customer_id, '') then 1 else 0 end
        as ids_assigned
from named
cross join {{ ref('int_identity__run') }} as run
