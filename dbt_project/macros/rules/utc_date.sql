{# The UTC day of an instant. #}
{% macro utc_date(instant) -%}
    cast({{ instant }} at time zone 'UTC' as date)
{%- endmacro %}
