{# What the first group of the pattern matched; null for no match or an empty one. #}
{% macro regexp_group(value, pattern) -%}
    {{ return(adapter.dispatch('regexp_group')(value, pattern)) }}
{%- endmacro %}

{% macro default__regexp_group(value, pattern) -%}
    nullif(regexp_extract({{ value }}, '{{ pattern }}', 1), '')
{%- endmacro %}

{% macro postgres__regexp_group(value, pattern) -%}
    nullif(substring({{ value }} from '{{ pattern }}'), '')
{%- endmacro %}
