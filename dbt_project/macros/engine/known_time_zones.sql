{# Query of the time zone names that the engine knows, in column `name`. #}
{% macro known_time_zones() -%}
    {{ return(adapter.dispatch('known_time_zones')()) }}
{%- endmacro %}

{% macro default__known_time_zones() -%}
    select name from pg_timezone_names()
{%- endmacro %}

{% macro postgres__known_time_zones() -%}
    select name from pg_timezone_names
{%- endmacro %}
