{# Weight that halves every `half_life` days, as decimal(18,6). Rounded here so that sums are exact
   and do not depend on the order in which an engine adds. #}
{% macro decay(weight, age_days, half_life) -%}
    cast(
        {{ weight }} * power(cast(0.5 as double precision), {{ ratio(age_days, half_life) }})
        as decimal(18, 6)
    )
{%- endmacro %}
