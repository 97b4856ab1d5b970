{# Days of the UTC calendar from the day of a time to that of as_of: everything that happened on one
   day decays equally. #}
{% macro age_in_days(day) -%}
    cast({{ utc_date(as_of()) }} - {{ day }} as integer)
{%- endmacro %}
