with words as (
    select distinct
        tbl,
        col,
        unnest(
            list_append(
                case
                    when opaque then [] else regexp_extract_all(upper(value), '[0-9A-Z]{{6,}}')
                end,
                code(value)
            )
        ) as word
    from release_text
)

select
    tbl,
    col,
    'identifier' as kind,
    count(*) as found
from words
where word in (select value from known_code)
group by tbl, col
