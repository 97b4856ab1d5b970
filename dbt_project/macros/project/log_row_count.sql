{# Tells whoever reads dbt's output how many rows the model has: `rows <node> <count>`. #}
{% macro log_row_count() -%}
    {%- if execute -%}
        {%- set rows = run_query('select count(*) from ' ~ this).columns[0].values()[0] -%}
        {%- do log('rows ' ~ model.unique_id ~ ' ' ~ rows, info=true) -%}
    {%- endif -%}
{%- endmacro %}
