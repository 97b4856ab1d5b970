-- Values found in the bytes of a file that no text of the file contains.
with foreign_bytes as (
    select * from in_bytes as b
    anti join own_text as o on b.g = o.g and lower(b.written) = lower(trim(o.value))
)

select
    g,
    kind,
    written
from foreign_bytes as b
where
    not exists (
        select 1 from release_text as r
        where r.g = b.g and not r.opaque and contains(lower(r.value), lower(b.written))
    )
    and not exists (
        select 1 from own_text as o
        where o.g = b.g and contains(lower(o.value), lower(b.written))
    )
