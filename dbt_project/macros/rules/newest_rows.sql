{# Each row of an OLTP table in the version that held at as_of, deletes included. #}
{% macro newest_rows(relation, key) -%}
    select *
    from (
        {{ known_versions(relation, key) }}
    ) as versions
    where _version = 1
{%- endmacro %}
