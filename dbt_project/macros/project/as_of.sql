{# The time that every relative measure uses, as timestamptz. Never the clock: a run without it
   stops before its first model. It is an environment variable and not a dbt variable, because dbt
   parses the whole project again whenever a variable changed, and this one changes with every run.
   Parsing and linting build nothing and do not need it. #}
{% macro as_of() -%}
    {%- if not execute or target.name == 'offline' -%}
        {%- set instant = '1970-01-01T00:00:00+00:00' -%}
    {%- else -%}
        {%- set instant = env_var('AFFILIATE_AS_OF', '') -%}
        {%- set form = '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([+-][0-9]{2}:[0-9]{2}|Z)$' -%}
        {%- if not modules.re.match(form, instant) -%}
            {{ exceptions.raise_compiler_error(
                "the environment variable AFFILIATE_AS_OF must be an instant with its offset,"
                ~ " such as 2026-01-01T00:00:00+00:00"
            ) }}
        {%- endif -%}
    {%- endif -%}
    cast('{{ instant }}' as timestamptz)
{%- endmacro %}
