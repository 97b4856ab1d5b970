{# One column per field and level, from the rows of seed identity_weights. #}
{% macro weights_by_level() -%}
    {%- set columns = [] -%}
    {%- for field, levels in identity_levels().items() -%}
        {%- for level, _ in levels if level not in ('missing', 'junk') -%}
            {%- do columns.append(
                "max(case when field = '" ~ field ~ "' and level = '" ~ level
                ~ "' then weight end) as " ~ field ~ "_" ~ level
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ columns | join(',\n    ') }}
{%- endmacro %}
