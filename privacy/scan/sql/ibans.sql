with candidates as (
    select
        tbl,
        col,
        unnest(regexp_extract_all(value, '{iban}')) as candidate
    from release_text
    where not opaque
)

select
    tbl,
    col,
    list(candidate) as candidates
from candidates
group by tbl, col
