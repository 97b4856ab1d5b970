{# The first entries of a list made by `struct_list`. #}
{% macro list_head(value, kept) -%}
    {{ return(adapter.dispatch('list_head')(value, kept)) }}
{%- endmacro %}

{% macro default__list_head(value, kept) -%}
    list_slice({{ value }}, 1, {{ kept }})
{%- endmacro %}

{% macro postgres__list_head(value, kept) -%}
    jsonb_path_query_array({{ value }}, '$[0 to {{ kept - 1 }}]')
{%- endmacro %}
