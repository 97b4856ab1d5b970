{# Each row of an OLTP table in the version that held at as_of, deleted rows left out. #}
{% macro current_rows(relation, key) -%}
    {{ newest_rows(relation, key) }}
    and _op <> 'delete'
{%- endmacro %}
