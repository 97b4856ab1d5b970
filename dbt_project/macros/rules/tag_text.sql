{# A tag as it is looked up in the taxonomy: normalised, with - and _ as blanks. #}
{% macro tag_text(value) -%}
    trim(regexp_replace({{ fold_text(value) }}, '[-_ ]+', ' ', 'g'))
{%- endmacro %}
