{# Each row of an OLTP table in its last version until as_of, deleted ones included, with
   `is_deleted`. A deletion lands as the key only, so the row's values are in the previous version.
   #}
{% macro last_rows(relation, key) -%}
    select
        *,
        _version > 1 as is_deleted
    from (
        {{ known_versions(relation, key, with_next_op=true) }}
    ) as versions
    where _op <> 'delete' and (_version = 1 or _version = 2 and _next_op = 'delete')
{%- endmacro %}
