{# Business days after one day up to and including another: Monday to Friday without the holidays of
   a country; all three are given with their relation. 1970-01-05 was a Monday. #}
{% macro business_days(earlier, later, country) -%}
    (
        {{ business_days_until(later) }} - {{ business_days_until(earlier) }}
        - (
            select count(*)
            from {{ ref('business_holidays') }} as holidays
            where
                holidays.country = {{ country }}
                and holidays.day > {{ earlier }}
                and holidays.day <= {{ later }}
                and extract(isodow from holidays.day) < 6
        )
    )
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
