{# Each row of an OLTP table in the version valid at as_of, without deleted rows. #}
{% macro current_rows(relation, key) -%}
    {{ newest_rows(relation, key) }}
    and _op <> 'delete'
{%- endmacro %}
