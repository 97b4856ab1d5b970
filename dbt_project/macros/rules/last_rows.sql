{# Each row of an OLTP table as it last was until as_of, deleted ones too, with `is_deleted`. A delete
   lands as the key alone, so what the row held is in the version before. #}
{% macro last_rows(relation, key) -%}
    select
        *,
        _version > 1 as is_deleted
    from (
        {{ known_versions(relation, key, with_next_op=true) }}
    ) as versions
    where _op <> 'delete' and (_version = 1 or _version = 2 and _next_op = 'delete')
{%- endmacro %}
