-- sqlfluff:dialect:postgres
select
    count(*) as n,
    coalesce(sum({key_hash}), 0)::text as total
from {source_table}
