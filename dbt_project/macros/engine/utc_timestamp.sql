{# The UTC day of an instant. #}
{% macro utc_date(instant) -%}
    cast({{ utc_timestamp(instant) }} as date)
{%- endmacro %}

{# An instant as a timestamp of UTC. DuckDB asks its calendars for `at time zone`, which takes twenty
   times as long as to count from 1970. #}
{% macro utc_timestamp(instant) -%}
    {{ return(adapter.dispatch('utc_timestamp')(instant)) }}
{%- endmacro %}

{% macro default__utc_timestamp(instant) -%}
    make_timestamp(epoch_us({{ instant }}))
{%- endmacro %}

{% macro postgres__utc_timestamp(instant) -%}
    {{ instant }} at time zone 'UTC'
{%- endmacro %}
