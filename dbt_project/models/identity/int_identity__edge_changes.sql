-- depends_on: {{ ref('stg_identity__edges') }}
{# What the ledger step lands: edges that are new or have another weight, and edges that are gone.
   #}
{%- set weighed = ['rule'] -%}
{%- for field in identity_levels() -%}{%- do weighed.append(field ~ '_weight') -%}{%- endfor -%}
{%- do weighed.extend(['total_weight', 'weights_version']) %}
with landed as (
    {%- if ledger_is_incremental() %}
    select edges.*
    from {{ identity_cache('identity_edges') }} as edges
    inner join {{ ref('int_identity__members') }} as members
        on edges.left_record_id = members.record_id
    {%- else %}
    select *
    from {{ ref('stg_identity__edges') }}
    where is_linking
    {%- endif %}
)

select
    coalesce(edges.left_record_id, landed.left_record_id) as left_record_id,
    coalesce(edges.right_record_id, landed.right_record_id) as right_record_id,
    {%- for column in weighed %}
    coalesce(edges.{{ column }}, landed.{{ column }}) as {{ column }},
    {%- endfor %}
    edges.left_record_id is not null as is_linking
from {{ ref('int_identity__edges') }} as edges
full join landed
    on
        edges.left_record_id = landed.left_record_id
        and edges.right_record_id = landed.right_record_id
where
    edges.left_record_id is null
    or landed.left_record_id is null
    {%- for column in weighed %}
    or edges.{{ column }} is distinct from landed.{{ column }}
    {%- endfor %}
