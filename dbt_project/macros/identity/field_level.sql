{# The level at which two records agree in a field, by name; see identity_levels(). #}
{% macro field_level(field) -%}
    case
    {%- for level, condition in identity_levels()[field] %}
        when {{ condition }} then '{{ level }}'
    {%- endfor %}
    end
{%- endmacro %}
