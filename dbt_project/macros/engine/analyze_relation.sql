{# Updates the planner's statistics: PostgreSQL has none for a new table until autovacuum runs. #}
{% macro analyze_relation() -%}
    {{ return(adapter.dispatch('analyze_relation')()) }}
{%- endmacro %}

{% macro default__analyze_relation() -%}{%- endmacro %}

{% macro postgres__analyze_relation() -%}
    {%- if config.get('materialized') != 'view' %}
    analyze {{ this }}
    {%- endif %}
{%- endmacro %}
