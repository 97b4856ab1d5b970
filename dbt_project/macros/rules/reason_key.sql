{# A reason as the seed of reasons spells it: lower case, blanks and hyphens as underscores. #}
{% macro reason_key(reason) -%}
    replace(replace(lower(trim({{ reason }})), ' ', '_'), '-', '_')
{%- endmacro %}
