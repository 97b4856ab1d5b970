-- The newest version of each landed key: is it alive, and its writer. One number per key instead of
-- a struct, which DuckDB cannot spill.
select
    {taken},
    newest <> {delete_marker} as is_alive,
    newest as _xid
from (
    select
        {keys},
        arg_max(case _op when 'upsert' then coalesce(_xid, 0) else {delete_marker} end, _seq)
            as newest
    from {landed_rows}
    group by {keys}
) as versions
