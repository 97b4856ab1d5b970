-- Rows of the source that differ from the newest landed ones.
with newest as (
    select * from {landed_rows}
    qualify row_number() over (partition by {keys} order by _seq desc) = 1
),

different as (
    select
        {taken},
        _issues,
        {transaction_id} as _xid
    from {source_rows}
    except
    select
        {columns},
        _issues,
        _xid
    from newest
    where _op = 'upsert'
)

select
    *,
    {origin}
from different
