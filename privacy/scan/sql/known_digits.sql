-- Below 1 % of a column's digit runs, known ones occur by chance.
with runs as (
    select distinct
        tbl,
        col,
        ltrim(digits(unnest(regexp_extract_all(value, '{digit_run}'))), '0') as run
    from release_text
    where not opaque
)

select
    runs.tbl,
    runs.col,
    coalesce(min(known_digits.kind), '') as kind,
    count(known_digits.kind) as found
from runs
left join known_digits on runs.run = known_digits.value
group by runs.tbl, runs.col
having count(known_digits.kind) * 100 > count(*)
