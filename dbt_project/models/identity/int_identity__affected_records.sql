-- depends_on: {{ ref('int_identity__match_records') }}
{# Records whose person may change: all records of the components that a touched record was in or is
   linked to. #}
{% if identity_is_incremental() %}
{%- set components = identity_cache('int_identity__components') %}
with touched as (
    select record_id from {{ ref('int_identity__touched_records') }}
),

reached as (
    select record_id from touched
    union
    select pairs.right_record_id as record_id
    from {{ ref('int_identity__pair_weights') }} as pairs
    inner join touched on pairs.left_record_id = touched.record_id
    union
    select pairs.left_record_id as record_id
    from {{ ref('int_identity__pair_weights') }} as pairs
    inner join touched on pairs.right_record_id = touched.record_id
)

select members.record_id
from {{ components }} as members
where members.origin_id in (
    select components.origin_id
    from {{ components }} as components
    inner join reached on components.record_id = reached.record_id
)
union
select record_id from reached
{% else %}
select record_id from {{ ref('int_identity__match_records') }}
where false
{% endif %}
