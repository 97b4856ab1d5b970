{# True if one record id comes before another in byte order. #}
{% macro precedes(first, second) -%}
    {{ binary_order(first) }} < {{ second }}
{%- endmacro %}
