{# Text of a JSON number as decimal(18,2), rounded half away from zero; null if it is not one. #}
{% macro parse_money(value) -%}
    case
        when {{ regexp_like(value, '^-?[0-9]{1,15}([.][0-9]{1,10})?$') }}
            then cast({{ value }} as decimal(18, 2))
    end
{%- endmacro %}
