{# Levenshtein distance of two short texts, counted in bytes of UTF-8 as DuckDB does. PostgreSQL
   (extension fuzzystrmatch) counts characters, so it is shown each byte as a character; it refuses
   more than 255 of them. #}
{% macro edit_distance(first, second) -%}
    {{ return(adapter.dispatch('edit_distance')(first, second)) }}
{%- endmacro %}

{% macro default__edit_distance(first, second) -%}
    levenshtein({{ first }}, {{ second }})
{%- endmacro %}

{% macro postgres__edit_distance(first, second) -%}
    levenshtein(
        convert_from(convert_to({{ first }}, 'UTF8'), 'LATIN1'),
        convert_from(convert_to({{ second }}, 'UTF8'), 'LATIN1')
    )
{%- endmacro %}

{# What an engine needs before the first model. #}
{% macro prepare_engine() -%}
    {{ return(adapter.dispatch('prepare_engine')()) }}
{%- endmacro %}

{% macro default__prepare_engine() -%}
    {{ return('') }}
{%- endmacro %}

{% macro postgres__prepare_engine() -%}
    {{ return('create extension if not exists fuzzystrmatch') }}
{%- endmacro %}
