{# Whole days (24 hours) between two times, rounded down, as integer. #}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    cast(floor((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 86400000000) as integer)
{%- endmacro %}

{% macro postgres__days_between(earlier, later) -%}
    cast(floor(extract(epoch from ({{ later }} - {{ earlier }})) / 86400) as integer)
{%- endmacro %}
