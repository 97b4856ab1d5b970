{# Text of a top-level field of a JSON object held as text; null if it is absent or null.
   PostgreSQL's `json`, not `jsonb`, so that numbers keep the spelling DuckDB sees. #}
{% macro json_field(payload, field) -%}
    {{ return(adapter.dispatch('json_field')(payload, field)) }}
{%- endmacro %}

{% macro default__json_field(payload, field) -%}
    json_extract_string({{ payload }}, '$.{{ field }}')
{%- endmacro %}

{% macro postgres__json_field(payload, field) -%}
    cast({{ payload }} as json) ->> '{{ field }}'
{%- endmacro %}
