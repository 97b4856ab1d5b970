{# Days of the UTC calendar from the day of an instant to that of as_of: whatever happened on one day
   decays alike. #}
{% macro age_in_days(day) -%}
    cast({{ utc_date(as_of()) }} - {{ day }} as integer)
{%- endmacro %}
