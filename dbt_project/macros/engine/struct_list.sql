{# Aggregate: the first `kept` records of a list in ascending order of the expressions `order_by`,
   from the rows that match `where`. `fields` maps a name to an expression. DuckDB: list of structs,
   sorted as a list, because an aggregate with `order by` takes ten times as long. PostgreSQL: jsonb
   array of objects with the same names, order and values; times are ISO 8601 text there. #}
{% macro struct_list(fields, order_by, kept, where='true') -%}
    {{ return(adapter.dispatch('struct_list')(fields, order_by, kept, where)) }}
{%- endmacro %}

{% macro default__struct_list(fields, order_by, kept, where) -%}
    {#- sorting copies its fields: a field that is a sort key already is read from the key -#}
    {%- set beside, found = {}, {} -%}
    {%- for name, value in fields.items() -%}
        {%- if value in order_by -%}
            {%- do found.update({name: 'entry._key_' ~ (order_by.index(value) + 1)}) -%}
        {%- elif newest_first(value) in order_by -%}
            {%- set key = order_by.index(newest_first(value)) + 1 -%}
            {%- do found.update({name: 'make_timestamptz(-entry._key_' ~ key ~ ')'}) -%}
        {%- else -%}
            {%- do beside.update({name: value}) -%}
            {%- do found.update({name: 'entry.' ~ name}) -%}
        {%- endif -%}
    {%- endfor -%}
    list_transform(
        list_slice(list_sort(list(
            struct_pack(
                {%- for key in order_by %}
                _key_{{ loop.index }} := {{ key }}{{ ',' if beside or not loop.last }}
                {%- endfor %}
                {%- for name, value in beside.items() %}
                {{ name }} := {{ value }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
        ) filter (where {{ where }})), 1, {{ kept }}),
        lambda entry: struct_pack(
            {%- for name in fields %}
            {{ name }} := {{ found[name] }}{{ ',' if not loop.last }}
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

{# Sort key of `struct_list` for newest first. #}
{% macro newest_first(instant) -%}
    {{ return(adapter.dispatch('newest_first')(instant)) }}
{%- endmacro %}

{% macro default__newest_first(instant) -%}
    -epoch_us({{ instant }})
{%- endmacro %}

{% macro postgres__newest_first(instant) -%}
    -extract(epoch from {{ instant }})
{%- endmacro %}
