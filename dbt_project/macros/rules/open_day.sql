{# Condition of a join with the calendar: its row of the open day that some business minutes of `counted`
   lead into. #}
{% macro is_open_day(calendar, minutes) -%}
    counted.country = {{ calendar }}.country
    and {{ calendar }}.is_open
    and {{ calendar }}.open_day_no = {{ open_day_no(minutes) }}
{%- endmacro %}
