-- Pairs of records that a block compares.
select coalesce(sum(held * (held - 1) // 2), 0)::bigint as pairs
from (
    select count(*) as held
    from records
    where {usable}
    group by {columns}
) as values_of_block
