{# Text of an RFC 3339 time as timestamptz, truncated to microseconds; null if it is not one. #}
{% macro parse_timestamp(value) -%}
    {%- set shape = '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$' -%}
    {%- set cut -%} regexp_replace({{ value }}, '([.][0-9]{6})[0-9]+', '\1') {%- endset -%}
    case
        when {{ regexp_like(value, shape) }} and {{ value }} >= '0001'
            then {{ safe_cast_text(cut, 'timestamptz') }}
    end
{%- endmacro %}
