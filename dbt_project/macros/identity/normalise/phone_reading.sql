{# The digits after the international prefix, from the digits as written and the dialling plan
   `home` of the record's country; null if the number is written in national format. #}
{% macro phone_international(digits) -%}
    case
        when {{ digits }} like '+%' then ltrim({{ digits }}, '+0')
        when {{ digits }} like '011%' and home.calling_code = '1' and length({{ digits }}) > 11
            then substr({{ digits }}, 4)
        -- fewer than eight digits after the zeros are not an international number
        when {{ digits }} like '00%' and length({{ digits }}) >= 10 then ltrim({{ digits }}, '0')
        when length({{ digits }}) between home.min_digits and home.max_digits then null
        when
            home.trunk_prefix is not null
            and {{ digits }} like home.trunk_prefix || '%'
            and length({{ digits }}) - length(home.trunk_prefix)
            between home.min_digits and home.max_digits
            then null
        when
            {{ digits }} like home.calling_code || '%'
            and length({{ digits }}) - length(home.calling_code)
            between home.min_digits and home.max_digits
            then {{ digits }}
        when home.country is not null and length({{ digits }}) >= 11 then {{ digits }}
        when {{ regexp_like(digits, '^1[2-9][0-8][0-9][2-9][0-9]{6}$') }} then {{ digits }}
        -- eleven digits are just as often a national number, in Brazil or China
        when length({{ digits }}) >= 12 then {{ digits }}
    end
{%- endmacro %}

{# Calling code before an international number; the codes are prefix-free by design. #}
{% macro phone_calling_code(international) -%}
    case
        when {{ regexp_like(international, '^[17]') }} then left({{ international }}, 1)
        when
            {{ regexp_like(
                international,
                '^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])'
            ) }}
            then left({{ international }}, 2)
        else left({{ international }}, 3)
    end
{%- endmacro %}
