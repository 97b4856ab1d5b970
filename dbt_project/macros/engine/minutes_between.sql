{# Whole minutes between two times, rounded down, as bigint. #}
{% macro minutes_between(earlier, later) -%}
    {{ return(adapter.dispatch('minutes_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__minutes_between(earlier, later) -%}
    cast(floor((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 60000000) as bigint)
{%- endmacro %}

{% macro postgres__minutes_between(earlier, later) -%}
    cast(floor(extract(epoch from ({{ later }} - {{ earlier }})) / 60) as bigint)
{%- endmacro %}
