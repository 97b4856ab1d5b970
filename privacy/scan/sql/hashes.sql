with hex as (
    select
        tbl,
        col,
        replace(lower(value), '-', '') as value
    from release_text
    where regexp_matches(value, '^[0-9A-Fa-f-]{{32,64}}$')
),

known as (
    select distinct
        unnest(
            case kind
                when 'email' then [written, lower(trim(written))]
                when 'phone' then [written, digits(written)]
                else [written, code(written)]
            end
        ) as value
    from personal
    where kind in ('email', 'phone', 'identifier') and exists (select 1 from hex)
)

select
    tbl,
    col,
    'hash of a personal value' as kind,
    count(distinct value) as found
from hex
where
    value in (select md5(known.value) from known)
    or value in (select sha1(known.value) from known)
    or value in (select sha256(known.value) from known)
group by tbl, col
