{# Text as a sort key in byte order: PostgreSQL would sort by the database's locale. #}
{% macro binary_order(value) -%}
    {{ return(adapter.dispatch('binary_order')(value)) }}
{%- endmacro %}

{% macro default__binary_order(value) -%}
    {{ value }}
{%- endmacro %}

{% macro postgres__binary_order(value) -%}
    {{ value }} collate "C"
{%- endmacro %}
