with dates as (
    select distinct
        tbl,
        col,
        unnest(regexp_extract_all(value, '{date}')) as written
    from release_text
    where not opaque
),

parsed as (
    select
        tbl,
        col,
        written,
        unnest([
            try_cast(written as date),
            cast(try_strptime(translate(written, '.-', '//'), '%d/%m/%Y') as date),
            cast(try_strptime(translate(written, '.-', '//'), '%m/%d/%Y') as date)
        ]) as day
    from dates
)

select
    tbl,
    col,
    'birth_date' as kind,
    count(distinct written) as found
from parsed
where
    day < (select first_day from business_start)
    and day in (select value from known_birth_date)
group by tbl, col
