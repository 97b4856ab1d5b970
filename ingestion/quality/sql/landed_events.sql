create or replace table {table} as
select
    partition,
    "offset",
    texts[1] as event_type,
    {columns},
    {age}
from (
    select
        partition,
        "offset",
        json_extract_string(
            coalesce(document::text, try(decode(value))), ['$.type', '$.time', {paths}]
        ) as texts
    from {rows}
) as messages
