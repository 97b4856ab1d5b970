{# Text cast to a type, or null if the cast fails (31 February). The caller checks the format first,
   because PostgreSQL would accept 'tomorrow' as a date. #}
{% macro safe_cast_text(value, type) -%}
    {{ return(adapter.dispatch('safe_cast_text')(value, type)) }}
{%- endmacro %}

{% macro default__safe_cast_text(value, type) -%}
    try_cast({{ value }} as {{ type }})
{%- endmacro %}

{% macro postgres__safe_cast_text(value, type) -%}
    case when pg_input_is_valid({{ value }}, '{{ type }}') then cast({{ value }} as {{ type }}) end
{%- endmacro %}
