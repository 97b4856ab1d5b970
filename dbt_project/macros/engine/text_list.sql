{# Aggregate: the texts, sorted, as a list; jsonb on PostgreSQL, as lists of `struct_list` are. #}
{% macro text_list(value) -%}
    {{ return(adapter.dispatch('text_list')(value)) }}
{%- endmacro %}

{% macro default__text_list(value) -%}
    list_sort(list({{ value }}))
{%- endmacro %}

{% macro postgres__text_list(value) -%}
    jsonb_agg({{ value }} order by {{ binary_order(value) }})
{%- endmacro %}
