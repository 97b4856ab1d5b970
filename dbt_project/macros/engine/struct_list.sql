{# Aggregate: a list of records in the given order. `fields` maps a name to an expression.
   DuckDB: list of struct. PostgreSQL: jsonb array of objects with the same names, order and values;
   instants are ISO 8601 text there. #}
{% macro struct_list(fields, order_by) -%}
    {{ return(adapter.dispatch('struct_list')(fields, order_by)) }}
{%- endmacro %}

{% macro default__struct_list(fields, order_by) -%}
    list(
        struct_pack(
            {%- for name, value in fields.items() %}
            {{ name }} := {{ value }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) order by {{ order_by }}
    )
{%- endmacro %}

{% macro postgres__struct_list(fields, order_by) -%}
    jsonb_agg(
        jsonb_build_object(
            {%- for name, value in fields.items() %}
            '{{ name }}', {{ value }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) order by {{ order_by }}
    )
{%- endmacro %}
