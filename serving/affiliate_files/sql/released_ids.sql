-- IDs of one kind in one column.
select
    {affiliate},
    {id_kind} as kind,
    cast(v as varchar) as id
from (
    select
        {affiliate},
        {id_value} as v
    from {source_rows}
    where {condition}
) as ids
where v is not null
