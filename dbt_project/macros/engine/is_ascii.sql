{# True if the text is pure ASCII, that is, has as many bytes as characters; the engines know both
   numbers without a scan. #}
{% macro is_ascii(value) -%}
    {{ return(adapter.dispatch('is_ascii')(value)) }}
{%- endmacro %}

{% macro default__is_ascii(value) -%}
    strlen({{ value }}) = length({{ value }})
{%- endmacro %}

{% macro postgres__is_ascii(value) -%}
    octet_length({{ value }}) = length({{ value }})
{%- endmacro %}
