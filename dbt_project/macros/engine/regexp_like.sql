{# True if the pattern occurs in the text; write patterns that RE2 and PostgreSQL read alike. #}
{% macro regexp_like(value, pattern) -%}
    {{ return(adapter.dispatch('regexp_like')(value, pattern)) }}
{%- endmacro %}

{% macro default__regexp_like(value, pattern) -%}
    regexp_matches({{ value }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__regexp_like(value, pattern) -%}
    {{ value }} ~ '{{ pattern }}'
{%- endmacro %}
