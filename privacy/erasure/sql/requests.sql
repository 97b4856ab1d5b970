-- Erasure requests that arrived as events.
select distinct
    e[1] as source,
    e[2] as event_id,
    e[3]::timestamptz as happened_at,
    e[4]::bigint as affiliate_id,
    e[5]::bigint as customer_id,
    e[6] as scope,
    e[7] as request_id
from (
    select json_extract_string(coalesce(document::text, decode(value)), {paths}) as e
    from {messages}
) as events
