{# Aggregate: the non-null value of the row with the lowest rank. #}
{% macro value_at_lowest(value, rank) -%}
    {{ return(adapter.dispatch('value_at_lowest')(value, rank)) }}
{%- endmacro %}

{% macro default__value_at_lowest(value, rank) -%}
    arg_min({{ value }}, {{ rank }})
{%- endmacro %}

{% macro postgres__value_at_lowest(value, rank) -%}
    (array_agg({{ value }} order by {{ rank }}) filter (where {{ value }} is not null))[1]
{%- endmacro %}
