-- sqlfluff:dialect:postgres
-- views have no system columns; those of a foreign table are not those of its rows
select
    n.nspname::text as schema_name,
    c.relname::text as table_name,
    c.oid::bigint as oid,
    c.relkind in ('r', 'm') and coalesce(m.amname = 'heap', false) as has_pages,
    c.relkind in ('r', 'm', 'p') as has_versions,
    case when c.relkind in ('r', 'm') then pg_relation_size(c.oid) end
    / current_setting('block_size')::bigint as pages,
    case
        when c.reltuples >= 1 and c.relkind in ('r', 'm')
            then (pg_table_size(c.oid) / c.reltuples)::bigint
    end as row_bytes,
    a.attname::text as column_name,
    format_type(a.atttypid, a.atttypmod) as type,
    t.typcategory::text as category,
    a.attnum > 0 as is_own,
    has_column_privilege(c.oid, a.attnum, 'select') as is_readable
from pg_namespace as n
inner join pg_class as c on n.oid = c.relnamespace
inner join pg_attribute as a on c.oid = a.attrelid
inner join pg_type as t on a.atttypid = t.oid
left join pg_am as m on c.relam = m.oid
where
    has_schema_privilege(n.oid, 'usage')
    and (n.nspname, c.relname) in ({names})
    and not a.attisdropped
    and (a.attnum > 0 or a.attname = 'xmin')
order by n.nspname, c.relname, a.attnum
