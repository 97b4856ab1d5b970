{# Each row of an OLTP table in the version valid at as_of, deletions included. #}
{% macro newest_rows(relation, key) -%}
    select *
    from (
        {{ known_versions(relation, key) }}
    ) as versions
    where _version = 1
{%- endmacro %}
