{# An amount in the reporting currency at the rate of the order; null without a rate. DuckDB keeps
   the product of two narrow decimals narrow, which overflows at 100 million; wide decimals are many
   times slower, and almost no amount needs them. #}
{% macro in_reporting_currency(amount, rate='fx_rate') -%}
    case
        when abs({{ amount }}) < 1000000 and {{ rate }} < 100
            then cast(cast({{ amount }} as decimal(18, 2)) * {{ rate }} as decimal(18, 2))
        else cast(cast({{ amount }} as decimal(28, 2)) * {{ rate }} as decimal(18, 2))
    end
{%- endmacro %}
