{# What a relation takes on disk, its indexes included, as SQL; null where the engine cannot tell:
   DuckDB writes small tables of one build into shared blocks. #}
{% macro relation_bytes(relation) -%}
    {{ return(adapter.dispatch('relation_bytes')(relation)) }}
{%- endmacro %}

{% macro default__relation_bytes(relation) -%}
    cast(null as bigint)
{%- endmacro %}

{% macro postgres__relation_bytes(relation) -%}
    pg_total_relation_size('{{ relation }}')
{%- endmacro %}
