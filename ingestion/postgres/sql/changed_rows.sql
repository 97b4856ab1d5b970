-- sqlfluff:dialect:postgres
-- Row versions since a low watermark, each with the checksum of all keys; without changes one row
-- with the checksum and nulls.
with _all as materialized (
    select
        count(*) as n,
        coalesce(sum({key_hash}), 0)::text as total
    from {source_table}
),

_changed as (
    select
        {sent},
        {key_hash} as _hash
    from {source_table}
    where {since}
)

select
    _changed.*,
    _all.n as _keys,
    _all.total as _key_sum
from _all
left join _changed on true
