{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ purge_edges_of_members() }}"
) }}
-- depends_on: {{ ref('int_identity__edge_changes') }}
select
    left_record_id,
    right_record_id,
    customer_id,
    rule,
    {%- for field in identity_levels() %}
    {{ field }}_weight,
    {%- endfor %}
    total_weight,
    weights_version
from {{ ref('int_identity__edges') }}
