{# part / whole as a double, null if whole is 0; DuckDB and PostgreSQL differ in what `/` returns. #}
{% macro ratio(part, whole) -%}
    cast({{ part }} as double precision) / nullif(cast({{ whole }} as double precision), 0)
{%- endmacro %}
