{# Opens a common table expression whose columns the next one uses often. PostgreSQL would inline
   its expressions wherever they are used, and multiply the work with every stage. #}
{% macro stage() -%}
    {{ return(adapter.dispatch('stage')()) }}
{%- endmacro %}

{% macro default__stage() -%}as{%- endmacro %}

{% macro postgres__stage() -%}as materialized{%- endmacro %}
