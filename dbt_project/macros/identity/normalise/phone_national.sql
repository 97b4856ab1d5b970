{# National significant number, from the digits as written, the reading as an international number
   (see phone_international), the plan `abroad` of its calling code and the plan `home` of the
   record's country. Without leading zeros: in most countries they are the trunk prefix, and nowhere
   do two numbers differ only in them. Null if it is too short for a person's number. #}
{% macro phone_national(digits, international) -%}
    {%- set rest -%} substr({{ international }}, length(abroad.calling_code) + 1) {%- endset -%}
    case
        when
            {{ international }} is not null
            and length({{ rest }}) between abroad.min_digits and abroad.max_digits + 1
            then ltrim({{ rest }}, '0')
        when {{ digits }} like '+%' and abroad.calling_code is not null then null
        when
            home.trunk_prefix is not null
            and length({{ digits }}) > home.max_digits
            and {{ digits }} like home.trunk_prefix || '%'
            and length({{ digits }}) - length(home.trunk_prefix)
            between home.min_digits and home.max_digits
            then ltrim(substr({{ digits }}, length(home.trunk_prefix) + 1), '0')
        when length({{ digits }}) between home.min_digits and home.max_digits + 1
            then ltrim({{ digits }}, '0')
        when home.country is null and length({{ digits }}) between 8 and 11
            then ltrim({{ digits }}, '0')
        -- unknown plan: the last nine digits are what most numbers have without their prefixes
        when
            (home.country is null or {{ digits }} like '+%') and length({{ digits }}) between 11 and 16
            then ltrim(right({{ digits }}, 9), '0')
    end
{%- endmacro %}

{# Null for a number whose digits are all the same, or whose last seven are, or count up or down. #}
{% macro phone_key(national) -%}
    {%- set dummies = [] -%}
    {%- for digit in range(10) -%}
        {%- do dummies.append('^' ~ digit ~ '+') -%}
        {%- do dummies.append(digit | string * 7) -%}
        {%- do dummies.append(('0123456789' * 2)[digit:digit + 7]) -%}
        {%- do dummies.append(('9876543210' * 2)[digit:digit + 7]) -%}
    {%- endfor -%}
    case
        when length({{ national }}) not between 6 and 15 then null
        when not {{ regexp_like(national, '(' ~ dummies | join('|') ~ ')$') }} then {{ national }}
    end
{%- endmacro %}
