{# part / whole, at least 0, rounded half up to six digits; null if whole is 0. Rounded as a float
   of millionths, on which all engines agree; their conversions of other floats to decimals differ,
   and exact division of wide integers takes fifty times as long. #}
{% macro rounded_ratio(part, whole) -%}
    cast(floor(1000000 * ({{ ratio(part, whole) }}) + 0.5) as bigint)
    * cast(0.000001 as decimal(7, 6))
{%- endmacro %}
