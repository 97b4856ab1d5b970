{# What the ledger step lands: edges that are new or weigh otherwise, and those that are gone. #}
select
    left_record_id,
    right_record_id,
    rule,
    {%- for field in identity_levels() %}
    {{ field }}_weight,
    {%- endfor %}
    total_weight,
    weights_version,
    true as is_linking
from {{ ref('identity_edges') }}
where landing_position is null
union all
select
    landed.left_record_id,
    landed.right_record_id,
    landed.rule,
    {%- for field in identity_levels() %}
    landed.{{ field }}_weight,
    {%- endfor %}
    landed.total_weight,
    landed.weights_version,
    false as is_linking
from {{ ref('stg_identity__edges') }} as landed
left join {{ ref('identity_edges') }} as edges
    on
        landed.left_record_id = edges.left_record_id
        and landed.right_record_id = edges.right_record_id
where landed.is_linking and edges.left_record_id is null
