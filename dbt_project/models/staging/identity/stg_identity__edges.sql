{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with newest as (
    select
        left_record_id,
        right_record_id,
        max(_seq) as _seq
    from {{ source('raw', 'identity_edges') }}
    group by left_record_id, right_record_id
)

select
    -- ids
    edges.left_record_id,
    edges.right_record_id,
    edges.invocation_id,
    -- strings
    edges.rule,
    -- numerics
    {%- for field in identity_levels() %}
    edges.{{ field }}_weight,
    {%- endfor %}
    edges.total_weight,
    edges.weights_version,
    edges._seq as landing_position,
    -- booleans
    edges.is_linking
from newest
inner join {{ source('raw', 'identity_edges') }} as edges
    on
        newest.left_record_id = edges.left_record_id
        and newest.right_record_id = edges.right_record_id
        and newest._seq = edges._seq
