{# Levenshtein distance of two short texts, counted in bytes of UTF-8 as DuckDB does. PostgreSQL
   (extension fuzzystrmatch) counts characters, so each byte is passed as a character; it rejects
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

{# Prepares the engine before the first model. #}
{% macro prepare_engine() -%}
    {{ return(adapter.dispatch('prepare_engine')()) }}
{%- endmacro %}

{% macro default__prepare_engine() -%}
    {{ return('') }}
{%- endmacro %}

{% macro postgres__prepare_engine() -%}
    {{ return('create extension if not exists fuzzystrmatch') }}
{%- endmacro %}
