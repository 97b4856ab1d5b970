{# Join condition with the calendar: the row of the business day that contains a number of business
   minutes of `counted`. #}
{% macro is_open_day(calendar, minutes) -%}
    counted.country = {{ calendar }}.country
    and {{ calendar }}.is_open
    and {{ calendar }}.open_day_no = {{ open_day_no(minutes) }}
{%- endmacro %}
