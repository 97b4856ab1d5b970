{# The newest landed version of each row of an OLTP table, deleted rows left out. #}
{% macro current_rows(relation, key) -%}
    select *
    from (
        select
            *,
            row_number() over (partition by {{ key }} order by _seq desc) as _version
        from {{ relation }}
    ) as versions
    where _version = 1 and _op <> 'delete'
{%- endmacro %}
