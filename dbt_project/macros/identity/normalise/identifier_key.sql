{# A normalised identifier (see fold_text) as capital letters and digits without leading zeros,
   which spreadsheets lose. Its type is not part of it, because many records do not state one. Null
   if it has fewer than four digits, or they are all the same, or count up or down. #}
{% macro identifier_key(folded) -%}
    {#- three plain replacements save most values from the regular expressions, which cost ten times
        as much -#}
    {%- set compact -%} replace(replace(replace({{ folded }}, '-', ''), '.', ''), ' ', '') {%- endset -%}
    {%- set letters_and_digits -%}
        case
            when {{ regexp_like(compact, '^[a-z0-9]+$') }} then {{ compact }}
            else regexp_replace({{ folded }}, '[^a-z0-9]+', '', 'g')
        end
    {%- endset -%}
    {%- set digits -%}
        case
            when {{ regexp_like(compact, '^[0-9]+$') }} then {{ compact }}
            else regexp_replace({{ folded }}, '[^0-9]+', '', 'g')
        end
    {%- endset -%}
    {%- set key -%} upper(ltrim({{ letters_and_digits }}, '0')) {%- endset -%}
    case
        when {{ folded }} is null or length({{ folded }}) not between 5 and 60 then null
        when {{ is_dummy_number(digits) }} or length({{ key }}) not between 5 and 30 then null
        else {{ key }}
    end
{%- endmacro %}

{# True if there are too few digits, all the same, or counting up or down: what people type to get
   past a form. #}
{% macro is_dummy_number(digits) -%}
    (
        length({{ digits }}) < 4
        or replace({{ digits }}, left({{ digits }}, 1), '') = ''
        or strpos('012345678901234567890', {{ digits }}) > 0
        or strpos('098765432109876543210', {{ digits }}) > 0
    )
{%- endmacro %}
