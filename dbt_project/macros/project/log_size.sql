{# Tells whoever reads dbt's output how large the model is: `size <node> <rows> <bytes or None>`. #}
{% macro log_size() -%}
    {%- if execute -%}
        {%- set size = run_query(
            'select count(*), ' ~ relation_bytes(this) ~ ' from ' ~ this
        ).rows[0] -%}
        {%- do log('size ' ~ model.unique_id ~ ' ' ~ size[0] ~ ' ' ~ size[1], info=true) -%}
    {%- endif -%}
{%- endmacro %}
