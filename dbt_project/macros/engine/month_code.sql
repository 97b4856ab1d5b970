{# The month of a day as text, such as 2026-01: the first day of a month may be before the business
   started, and a release rejects such dates. #}
{% macro month_code(day) -%}
    {{ return(adapter.dispatch('month_code')(day)) }}
{%- endmacro %}

{% macro default__month_code(day) -%}
    strftime({{ day }}, '%Y-%m')
{%- endmacro %}

{% macro postgres__month_code(day) -%}
    to_char({{ day }}, 'YYYY-MM')
{%- endmacro %}
