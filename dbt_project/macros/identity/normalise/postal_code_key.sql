{# A normalised postal code as capital letters and digits: only the ZIP of a ZIP+4, without the
   country before a hyphen. Null if it is not a code or is a dummy. #}
{% macro postal_code_key(folded) -%}
    {%- set plain -%}
        case
            when {{ regexp_like(folded, '^[0-9a-z]+$') }} then upper({{ folded }})
            when {{ regexp_like(folded, '^[0-9]{5}-[0-9]{4}$') }} then left({{ folded }}, 5)
            else
                upper(regexp_replace(
                    regexp_replace({{ folded }}, '^[a-z]{1,2}(-([0-9]{3})| ([0-9]{4}))', '\2\3'),
                    '[ .-]+', '', 'g'
                ))
        end
    {%- endset -%}
    case
        when
            {{ regexp_like(plain, '^[0-9A-Z]{3,10}$') }} and {{ regexp_like(plain, '[0-9]') }}
            and replace({{ plain }}, left({{ plain }}, 1), '') <> ''
            then {{ plain }}
    end
{%- endmacro %}
