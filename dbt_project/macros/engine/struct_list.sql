{# Aggregate: the first `kept` records of a list, in ascending order of the expressions `order_by`,
   of the rows that `where` lets through. `fields` maps a name to an expression.
   DuckDB: list of struct; sorted as a list, as an aggregate with `order by` takes ten times as long.
   PostgreSQL: jsonb array of objects with the same names, order and values; instants are ISO 8601
   text there. #}
{% macro struct_list(fields, order_by, kept, where='true') -%}
    {{ return(adapter.dispatch('struct_list')(fields, order_by, kept, where)) }}
{%- endmacro %}

{% macro default__struct_list(fields, order_by, kept, where) -%}
    list_transform(
        list_slice(list_sort(list(
            struct_pack(
                {%- for key in order_by %}
                _key_{{ loop.index }} := {{ key }},
                {%- endfor %}
                {%- for name, value in fields.items() %}
                {{ name }} := {{ value }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
        ) filter (where {{ where }})), 1, {{ kept }}),
        lambda entry: struct_pack(
            {%- for name in fields %}
            {{ name }} := entry.{{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
    )
{%- endmacro %}

{% macro postgres__struct_list(fields, order_by, kept, where) -%}
    jsonb_path_query_array(
        jsonb_agg(
            jsonb_build_object(
                {%- for name, value in fields.items() %}
                '{{ name }}', {{ value }}{{ ',' if not loop.last }}
                {%- endfor %}
            ) order by {{ order_by | join(', ') }}
        ) filter (where {{ where }}),
        '$[0 to {{ kept - 1 }}]'
    )
{%- endmacro %}

{# Sort key of `struct_list` that puts the newest instant first. #}
{% macro newest_first(instant) -%}
    {{ return(adapter.dispatch('newest_first')(instant)) }}
{%- endmacro %}

{% macro default__newest_first(instant) -%}
    -epoch_us({{ instant }})
{%- endmacro %}

{% macro postgres__newest_first(instant) -%}
    -extract(epoch from {{ instant }})
{%- endmacro %}
