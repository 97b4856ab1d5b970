{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ purge_touched_pairs() }}"
) }}
{# Every pair of records that shares a key is scored, and kept if its weight favours one person or a
   steward decided about it. #}
{%- set incremental = identity_is_incremental() -%}
{%- set kinds = (identity_identifiers().keys() | list) + (identity_blocks().keys() | list) -%}
{%- set columns = [] -%}
{%- for kind in kinds -%}{%- do columns.append(identity_column(kind)) -%}{%- endfor %}

with anchors as (
    select
        records.record_id,
        records.{{ columns | join(',\n        records.') }}
    from {{ ref('int_identity__match_records') }} as records
    {%- if incremental %}
    inner join {{ ref('int_identity__touched_records') }} as touched
        on records.record_id = touched.record_id
    {%- endif %}
),

candidates as (
    {%- for kind in kinds %}
    {%- set column = identity_column(kind) %}
    select
        case when {{ precedes('a.record_id', 'b.record_id') }} then a.record_id else b.record_id end
            as left_record_id,
        case when {{ precedes('a.record_id', 'b.record_id') }} then b.record_id else a.record_id end
            as right_record_id
    from anchors as a
    inner join {{ ref('int_identity__match_records') }} as b
        on
            a.{{ column }} = b.{{ column }}
            and {% if incremental %}a.record_id <> b.record_id
            {%- else %}{{ precedes('a.record_id', 'b.record_id') }}{% endif %}
    where
        a.{{ column }} not in (
            select key_value from {{ ref('int_identity__key_profiles') }}
            where kind = '{{ kind }}' and key_class in ('junk', 'capped')
        )
    union
    {%- endfor %}
    select
        decisions.left_record_id,
        decisions.right_record_id
    from {{ ref('stg_identity__decisions') }} as decisions
    {%- if incremental %}
    where
        decisions.left_record_id in (select record_id from {{ ref('int_identity__touched_records') }})
        or decisions.right_record_id in (select record_id from {{ ref('int_identity__touched_records') }})
    {%- endif %}
),

scored as (
    {{ score_pairs('candidates', are_few=incremental) }}
)

select *
from scored
where rule is not null or decision is not null
