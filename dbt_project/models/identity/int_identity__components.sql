{{ config(
    materialized='graph',
    algorithm='connected_components',
    keeps_rows=true,
    pre_hook="{{ purge_affected_records() }}"
) }}

select
    left_record_id,
    right_record_id,
    case when decision = 'same' then 2000000000 else pairs.total_weight - weights.link_weight end
        as weight
from {{ ref('int_identity__pair_weights') }} as pairs
cross join {{ ref('int_identity__weights') }} as weights
where
    rule is not null and veto is null
{%- if identity_is_incremental() %}
    and left_record_id in (select record_id from {{ ref('int_identity__affected_records') }})
    {%- endif %}
