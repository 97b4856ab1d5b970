{# An amount in the reporting currency by the rate of the order; null without a rate. #}
{% macro in_reporting_currency(amount, rate='fx_rate') -%}
    cast({{ amount }} * {{ rate }} as decimal(18, 2))
{%- endmacro %}
