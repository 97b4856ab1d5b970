{# The words of a normalised name (see fold_text), with the comma of "last, first" if it has one.
   Null if it is an address, an organisation or too long for a name. Nine of ten names are plain
   words. #}
{% macro name_text(folded) -%}
    {%- set without_notes -%}
        regexp_replace(
            regexp_replace({{ folded }}, '[(\[{][^)\]}]*[)\]}]', ' ', 'g'),
            ' c/o .*$', ''
        )
    {%- endset -%}
    {%- set spelt = spelt_out(without_notes, {
        "''": '', '`': '', '´': '', '&': ' and ', '+': ' and ', ' 2nd': ' ii', ' 3rd': ' iii', ' 4th': ' iv'
    }) -%}
    {%- set words -%}
        regexp_replace(
            {{ spelt }}, '[\x21-\x2b\x2d-\x40\x5b-\x60\x7b-\x7f{{ name_symbols() }}]+', ' ', 'g'
        )
    {%- endset -%}
    {%- set with_initials -%} replace(replace({{ folded }}, '.', ' '), '-', ' ') {%- endset -%}
    case
        when length({{ folded }}) > 100 then null
        when {{ regexp_like(folded, '^[a-z]+( [a-z]+)*$') }} then {{ folded }}
        when {{ regexp_like(folded, '@|://|www[.]') }} then null
        when {{ regexp_like(folded, '^[a-z][a-z .-]*$') }}
            then trim(regexp_replace({{ with_initials }}, ' +', ' ', 'g'))
        else
            nullif(trim(regexp_replace(
                regexp_replace(
                    case
                        when {{ regexp_like(folded, '^[a-z][a-z ,.-]*$') }} then {{ with_initials }}
                        else {{ words }}
                    end, ' *,[ ,]*', ', ', 'g'
                ), ' +', ' ', 'g'
            ), ' ,'), '')
    end
{%- endmacro %}

{# Ranges for a bracket expression: characters beyond ASCII that are not part of a word. #}
{% macro name_symbols() -%}
    {{ character_ranges([
        (128, 169), (171, 180), (182, 185), (187, 191), (215, 215), (247, 247), (8208, 11263),
        (11776, 11903), (12288, 12292), (12296, 12320), (12336, 12336), (57344, 63743),
        (65040, 65135), (65504, 65535), (126976, 131071), (983040, 1114109)
    ]) }}
{%- endmacro %}
