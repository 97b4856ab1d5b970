-- The newest version of the rows that match the condition, without deleted rows.
with newest as (
    select *
    from {versions}
    qualify row_number() over (partition by {key}, _source order by _seq desc) = 1
)

select {columns}
from newest
where _op <> 'delete' and {condition}
order by {key}
