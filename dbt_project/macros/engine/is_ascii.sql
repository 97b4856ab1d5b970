{# True if the text is pure ASCII: as many bytes as characters, which no engine has to look for. #}
{% macro is_ascii(value) -%}
    {{ return(adapter.dispatch('is_ascii')(value)) }}
{%- endmacro %}

{% macro default__is_ascii(value) -%}
    strlen({{ value }}) = length({{ value }})
{%- endmacro %}

{% macro postgres__is_ascii(value) -%}
    octet_length({{ value }}) = length({{ value }})
{%- endmacro %}
