{# A rule that counts per customer is written once and called for two subjects: the person
   (`person()`), and an affiliate's own record of it (`record()`), which uses that affiliate's data
   only. A subject is a list of columns. #}
{% macro person() -%}
    {{ return(['customer_id']) }}
{%- endmacro %}

{% macro record() -%}
    {{ return(['affiliate_id', 'affiliate_customer_id']) }}
{%- endmacro %}

{# The subject's columns of a relation, separated by commas. #}
{% macro subject_columns(subject, relation=none) -%}
    {%- for column in subject -%}
        {{ relation ~ '.' if relation }}{{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Condition: rows of two relations belong to the same subject. #}
{% macro same_subject(subject, left, right) -%}
    {%- for column in subject -%}
        {{ left }}.{{ column }} = {{ right }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
