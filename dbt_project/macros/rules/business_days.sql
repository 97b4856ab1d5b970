{# Business days after one day until another, that one included: Monday to Friday. 1970-01-05 was a
   Monday. #}
{% macro business_days(earlier, later) -%}
    ({{ business_days_until(later) }} - {{ business_days_until(earlier) }})
{%- endmacro %}

{# Business days from that Monday to a day of 1970 or later. #}
{% macro business_days_until(day) -%}
    (
        cast(floor(({{ day }} - cast('1970-01-05' as date)) / 7.0) as integer) * 5
        + least(
            ({{ day }} - cast('1970-01-05' as date))
            - cast(floor(({{ day }} - cast('1970-01-05' as date)) / 7.0) as integer) * 7 + 1,
            5
        )
    )
{%- endmacro %}
