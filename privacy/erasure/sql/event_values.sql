-- The identifying values in the events of one topic.
with extracted as (
    select json_extract_string(coalesce(document::text, try(decode(value))), [{paths}]) as fields
    from {messages}
)

select
    try_cast(fields[1] as bigint) as affiliate_id,
    try_cast(fields[2] as bigint) as customer_id,
    fields[3:] as contents
from extracted
