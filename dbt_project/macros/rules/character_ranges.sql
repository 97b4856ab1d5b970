{# Pairs of code points as ranges inside a bracket expression. Literal characters, because no two
   engines escape them alike. #}
{% macro character_ranges(pairs) -%}
    {%- for low, high in pairs -%}
        {{ '%c-%c' | format(low, high) }}
    {%- endfor -%}
{%- endmacro %}
