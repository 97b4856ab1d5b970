{# Text of a JSON integer (also written 7.0) as bigint; null if it is not one. #}
{% macro parse_bigint(value) -%}
    case
        when {{ regexp_like(value, '^-?[0-9]{1,18}([.]0+)?$') }}
            then cast(split_part({{ value }}, '.', 1) as bigint)
    end
{%- endmacro %}
