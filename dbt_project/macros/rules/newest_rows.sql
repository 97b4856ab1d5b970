{# The newest landed version of each row of an OLTP table, deletes included. A key means a row within
   its source only: two sources may hold the same one. It stands before the source because PostgreSQL
   sorts by both, and numbers compare faster. #}
{% macro newest_rows(relation, key) -%}
    select *
    from (
        select
            *,
            row_number() over (partition by {{ key }}, _source order by _seq desc) as _version
        from {{ relation }}
    ) as versions
    where _version = 1
{%- endmacro %}
