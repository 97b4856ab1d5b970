{# An amount in the reporting currency by the rate of the order; null without a rate. Widened first:
   DuckDB keeps products of two narrow decimals narrow, and ends at amounts of 100 million. #}
{% macro in_reporting_currency(amount, rate='fx_rate') -%}
    cast(cast({{ amount }} as decimal(28, 2)) * {{ rate }} as decimal(18, 2))
{%- endmacro %}
