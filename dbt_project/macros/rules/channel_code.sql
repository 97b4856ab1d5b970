{# A channel as a code: anything that does not look like a code (an address, a number) is `other`,
   because free text may hold personal data and must not reach a mart. #}
{% macro channel_code(value) -%}
    case
        when {{ value }} is null then null
        when {{ regexp_like('lower(trim(' ~ value ~ '))', '^[a-z][a-z_ -]{0,29}$') }}
            then lower(trim({{ value }}))
        else 'other'
    end
{%- endmacro %}
