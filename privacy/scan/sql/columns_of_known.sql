-- Columns of values that identify no one alone: they are refused if many of the values are known.
with texts as (
    select
        tbl,
        col,
        {normalised} in (select value from {known_values}) as is_known
    from release_text
    where not opaque
)

select
    tbl,
    col,
    '{kind}' as kind,
    count(*) filter (where is_known) as found
from texts
group by tbl, col
having
    count(*) filter (where is_known) >= {min_known}
    and 2 * count(*) filter (where is_known) >= count(*)
