{# The instant that every relative measure uses, as timestamptz. Never the clock: a run without the
   variable stops before its first model. #}
{% macro as_of() -%}
    {%- set value = var('as_of', none) -%}
    {%- if value is none and execute -%}
        {{ exceptions.raise_compiler_error(
            "the variable as_of is missing: pass --vars '{as_of: \"2026-01-01T00:00:00+00:00\"}'"
        ) }}
    {%- endif -%}
    {%- set instant = '1970-01-01T00:00:00+00:00' if value is none else value | string -%}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([+-][0-9]{2}:[0-9]{2}|Z)$', instant) -%}
        {{ exceptions.raise_compiler_error(
            "the variable as_of must be an instant with its offset, such as 2026-01-01T00:00:00+00:00"
        ) }}
    {%- endif -%}
    cast('{{ instant }}' as timestamptz)
{%- endmacro %}
