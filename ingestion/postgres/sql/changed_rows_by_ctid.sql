-- sqlfluff:dialect:postgres
-- The same with one scan of the table: what computes the checksum also collects the ctids.
with _all as materialized (
    select
        count(*) as n,
        coalesce(sum({key_hash}), 0)::text as total,
        array_agg(ctid) filter (where {since}) as ctids
    from {source_table}
),

_changed as (
    select
        {sent},
        {key_hash} as _hash
    from {source_table}
    where ctid = any((select ctids from _all)::tid[])
)

select
    _changed.*,
    _all.n as _keys,
    _all.total as _key_sum
from _all
left join _changed on true
