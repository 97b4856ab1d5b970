with linking as (
    select
        pairs.*,
        assignments.customer_id
    from {{ ref('int_identity__pair_weights') }} as pairs
    inner join {{ ref('int_identity__assignments') }} as assignments
        on pairs.left_record_id = assignments.record_id
    inner join {{ ref('int_identity__assignments') }} as others
        on
            pairs.right_record_id = others.record_id
            and assignments.customer_id = others.customer_id
    where pairs.rule is not null and pairs.veto is null
)

select
    linking.left_record_id,
    linking.right_record_id,
    linking.customer_id,
    linking.rule,
    {%- for field in identity_levels() %}
    linking.{{ field }}_weight,
    {%- endfor %}
    linking.total_weight,
    {{ var('identity_weights_version') }} as weights_version,
    landed.landing_position
from linking
left join {{ ref('stg_identity__edges') }} as landed
    on
        linking.left_record_id = landed.left_record_id
        and linking.right_record_id = landed.right_record_id
        and landed.is_linking
        and linking.rule = landed.rule
        {%- for field in identity_levels() %}
        and linking.{{ field }}_weight = landed.{{ field }}_weight
        {%- endfor %}
        and linking.total_weight = landed.total_weight
        and {{ var('identity_weights_version') }} = landed.weights_version
