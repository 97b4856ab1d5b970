{# Replaces each letter of the table (see fold_table) by its normalised form. #}
{% macro fold_letters(value, table) -%}
    {{ return(adapter.dispatch('fold_letters')(value, table)) }}
{%- endmacro %}

{% macro default__fold_letters(value, table) -%}
    {%- set plain = table.values() | join | replace("'", "''") -%}
    translate({{ value }}, '{{ table | join }}', '{{ plain }}')
{%- endmacro %}

{# DuckDB's translate rebuilds its table for every row, which takes half a millisecond for this one:
   letters with many variants use a regular expression each instead. #}
{% macro duckdb__fold_letters(value, table) -%}
    {#- the linter cannot read calls nested this deep -#}
    {%- if target.name == 'offline' -%}{{ return(default__fold_letters(value, table)) }}{%- endif -%}
    {%- set variants = {} -%}
    {%- for letter, plain in table.items() if letter == letter | lower -%}
        {%- do variants.update({plain: variants.get(plain, '') ~ letter}) -%}
    {%- endfor -%}
    {%- set text = namespace(sql='lower(' ~ value ~ ')', letters='', plain='') -%}
    {%- for plain, letters in variants.items() -%}
        {%- if letters | length > 6 -%}
            {%- set text.sql = "regexp_replace(" ~ text.sql ~ ", '[" ~ letters ~ "]', '"
                ~ plain | replace("'", "''") ~ "', 'g')" -%}
        {%- else -%}
            {%- set text.letters = text.letters ~ letters -%}
            {%- set text.plain = text.plain ~ plain * (letters | length) -%}
        {%- endif -%}
    {%- endfor -%}
    translate({{ text.sql }}, '{{ text.letters }}', '{{ text.plain | replace("'", "''") }}')
{%- endmacro %}

{# The same for text of ASCII and letters up to U+017F only. #}
{% macro fold_latin_letters(value, table) -%}
    {{ return(adapter.dispatch('fold_latin_letters')(value, table)) }}
{%- endmacro %}

{% macro default__fold_latin_letters(value, table) -%}
    {%- set latin = {} -%}
    {%- for letter, plain in table.items() if letter < 'ƀ' -%}
        {%- do latin.update({letter: plain}) -%}
    {%- endfor -%}
    {{ fold_letters(value, latin) }}
{%- endmacro %}

{% macro duckdb__fold_latin_letters(value, table) -%}
    translate(lower(strip_accents({{ value }})), 'đðħıĸłŀŉŋøŧþſ', 'ddhikllnnotts')
{%- endmacro %}
