{# A reason as seed deal_lost_reasons spells it: lower case, blanks and hyphens as underscores. #}
{% macro reason_key(reason) -%}
    replace(replace(lower(trim({{ reason }})), ' ', '_'), '-', '_')
{%- endmacro %}
