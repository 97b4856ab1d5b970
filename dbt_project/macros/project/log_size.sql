{# Logs the size of the model for readers of dbt's output: `size <node> <rows> <bytes or None>`, and
   for events also `<repeated>`, the number of deliveries beyond the first of each. #}
{% macro log_size() -%}
    {%- if execute -%}
        {%- set repeated = 'coalesce(sum(deliveries - 1), 0)' if 'deliveries' in model.columns else 'null' -%}
        {%- set size = run_query(
            'select count(*), ' ~ relation_bytes(this) ~ ', ' ~ repeated ~ ' from ' ~ this
        ).rows[0] -%}
        {%- do log('size ' ~ model.unique_id ~ ' ' ~ size.values() | join(' '), info=true) -%}
    {%- endif -%}
{%- endmacro %}
