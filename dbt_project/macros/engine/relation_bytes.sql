{# Size of a relation on disk including its indexes, as SQL; null if the engine does not know it:
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
