-- A version is dropped if another one superseded it before the limit. If the newest version by then
-- is a delete, it is dropped too: no version is left that it would have to delete.
with landed as (
    select * from {landed}
),

newest as (
    select
        {key},
        max(_seq) as newest_seq
    from landed
    where _seq <= {last_old_entry}
    group by {key}
)

select
    landed.file_index,
    landed.file_row_number
from landed
inner join newest using ({key})  -- noqa: ST07
where landed._seq < newest.newest_seq or (landed._seq = newest.newest_seq and landed._op = 'delete')
