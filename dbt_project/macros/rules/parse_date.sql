{# Text YYYY-MM-DD as date; null if it is not a calendar day. #}
{% macro parse_date(value) -%}
    case
        when {{ regexp_like(value, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') }} and {{ value }} >= '0001'
            then {{ safe_cast_text(value, 'date') }}
    end
{%- endmacro %}
