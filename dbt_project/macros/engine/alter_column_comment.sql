{# Column comments are persisted for models with an enforced contract, so every described column
   exists. dbt-duckdb would ask the engine for the columns of each model first. #}
{% macro duckdb__alter_column_comment(relation, column_dict) -%}
    {%- for name, column in column_dict.items() %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column['quote'] else name }} is {{ duckdb_escape_comment(column['description']) }};
    {%- endfor %}
{%- endmacro %}
