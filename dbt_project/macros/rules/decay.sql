{# What remains after `age_days` of a weight of 1 that halves every `half_life` days. Nine digits:
   sums of decimals are exact in any order, and further digits differ between engines. #}
{% macro decay(age_days, half_life) -%}
    cast(
        power(cast(0.5 as double precision), {{ ratio(age_days, half_life) }}) as decimal(10, 9)
    )
{%- endmacro %}
