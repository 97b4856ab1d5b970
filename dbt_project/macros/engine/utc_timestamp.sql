{# The UTC day of a time. #}
{% macro utc_date(instant) -%}
    cast({{ utc_timestamp(instant) }} as date)
{%- endmacro %}

{# A time as timestamp in UTC. DuckDB evaluates `at time zone` with its calendar library, which
   takes twenty times as long as counting from 1970. #}
{% macro utc_timestamp(instant) -%}
    {{ return(adapter.dispatch('utc_timestamp')(instant)) }}
{%- endmacro %}

{% macro default__utc_timestamp(instant) -%}
    make_timestamp(epoch_us({{ instant }}))
{%- endmacro %}

{% macro postgres__utc_timestamp(instant) -%}
    {{ instant }} at time zone 'UTC'
{%- endmacro %}
