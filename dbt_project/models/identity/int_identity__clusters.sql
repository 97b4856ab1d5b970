{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ purge_affected_records() }}"
) }}
{# Records that are one person: the whole component, unless it was split. #}
with records as (
    select
        records.record_id,
        records.affiliate_id,
        records.affiliate_customer_id,
        coalesce(people.cluster_id, components.component_id, records.record_id) as cluster_id,
        coalesce(components.component_id, records.record_id) as component_id
    from
        {{ ref('int_identity__match_records') }} as records
        {%- if identity_is_incremental() %}
    inner join {{ ref('int_identity__affected_records') }} as affected
        on records.record_id = affected.record_id
    {%- endif %}
    left join {{ ref('int_identity__components') }} as components
        on records.record_id = components.record_id
    left join {{ ref('int_identity__people') }} as people
        on records.record_id = people.record_id
)

select
    *,
    count(*) over (partition by cluster_id) as cluster_records,
    count(*) over (partition by component_id) as component_records
from records
