{# Minutes as days with two digits, rounded half up; see `rounded_ratio` for why this uses a float.
   #}
{% macro days_of_minutes(minutes) -%}
    cast(
        cast(floor(cast(({{ minutes }}) * 10 as double precision) / 144 + 0.5) as bigint)
        * cast(0.01 as decimal(3, 2)) as decimal(12, 2)
    )
{%- endmacro %}
