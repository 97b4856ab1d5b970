{# A list made by `struct_list`, empty instead of null. #}
{% macro empty_list_if_null(value) -%}
    {{ return(adapter.dispatch('empty_list_if_null')(value)) }}
{%- endmacro %}

{% macro default__empty_list_if_null(value) -%}
    coalesce({{ value }}, [])
{%- endmacro %}

{% macro postgres__empty_list_if_null(value) -%}
    coalesce({{ value }}, cast('[]' as jsonb))
{%- endmacro %}
