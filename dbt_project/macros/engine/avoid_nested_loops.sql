{# PostgreSQL takes a grouped CTE to have 200 groups and then joins two of them row by row: 8 minutes for
   83,000 customers whom a hash join has in 11 seconds. No model has an index that a loop could use. #}
{% macro avoid_nested_loops() -%}
    {{ return(adapter.dispatch('avoid_nested_loops')()) }}
{%- endmacro %}

{% macro default__avoid_nested_loops() -%}{%- endmacro %}

{% macro postgres__avoid_nested_loops() -%}
    {%- if config.get('materialized') != 'view' %}
    set local enable_nestloop = off
    {%- endif %}
{%- endmacro %}
