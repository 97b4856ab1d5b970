{{ config(meta={'dagster': {'ref': {'name': 'int_identity__weights'}}}) }}
-- A level without a weight would make the weight of the whole pair null.
select version
from {{ ref('int_identity__weights') }}
where
    link_weight is null
    {%- for field, levels in identity_levels().items() %}
    {%- for level, _ in levels if level not in ('missing', 'junk') %}
    or {{ field }}_{{ level }} is null
    {%- endfor %}
    {%- endfor %}
