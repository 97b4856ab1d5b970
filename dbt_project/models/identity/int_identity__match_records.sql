{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ purge_touched_records() }}"
) }}
{%- set touched = ref('int_identity__touched_records') if identity_is_incremental() %}

select
    r.record_id,
    {%- for column in identity_compared_columns() %}
    r.{{ column }},
    {%- endfor %}
    r.compared_hash,
    r.birth_text,
    {%- for kind in identity_identifiers() %}
    coalesce({{ kind }}_profiles.key_class, 'personal') as {{ kind }}_class,
    {%- endfor %}
    {%- for kind, key in identity_blocks().items() %}
    {{ key }} as {{ kind }}_block,
    {%- endfor %}
    variants.name_variants
from {{ identity_rows(ref('int_identity__normalised_records'), touched) }} as r
left join {{ ref('int_identity__name_variants') }} as variants on r.first_name = variants.first_name
{%- for kind, key in identity_identifiers().items() %}
left join {{ ref('int_identity__key_profiles') }} as {{ kind }}_profiles
    on {{ kind }}_profiles.kind = '{{ kind }}' and {{ kind }}_profiles.key_value = {{ key }}
{%- endfor %}
