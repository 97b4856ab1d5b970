{# Lower case of A to Z. PostgreSQL would follow the database's locale, in which I may become ı. #}
{% macro ascii_lower(value) -%}
    {{ return(adapter.dispatch('ascii_lower')(value)) }}
{%- endmacro %}

{% macro default__ascii_lower(value) -%}
    lower({{ value }})
{%- endmacro %}

{% macro postgres__ascii_lower(value) -%}
    lower({{ value }} collate "C") collate "default"
{%- endmacro %}
