{# Pre-hooks of the tables that keep state between runs: rows that this run computes anew go. #}

{% macro forget_changed_keys() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1 from {{ ref('int_identity__changed_keys') }} as changed
            where changed.kind = {{ this }}.kind and changed.key_value = {{ this }}.key_value
        )
    {%- endif -%}
{%- endmacro %}

{% macro forget_touched_records() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where record_id in (select record_id from {{ ref('int_identity__touched_records') }})
    {%- endif -%}
{%- endmacro %}

{% macro forget_touched_pairs() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where
            left_record_id in (select record_id from {{ ref('int_identity__touched_records') }})
            or right_record_id in (select record_id from {{ ref('int_identity__touched_records') }})
    {%- endif -%}
{%- endmacro %}

{% macro forget_affected_records() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where record_id in (select record_id from {{ ref('int_identity__affected_records') }})
    {%- endif -%}
{%- endmacro %}
