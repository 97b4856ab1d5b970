{# The newest landed version of each row of an OLTP table, deleted rows left out. #}
{% macro current_rows(relation, key) -%}
    {{ newest_rows(relation, key) }}
    and _op <> 'delete'
{%- endmacro %}
