-- Rows of the raw table of events, from messages that comply with their contract.
select
    e[1] as id,
    e[2] as source,
    e[3] as type,
    e[4]::{timestamp_type} as time,
    e[5]::{bigint_type} as affiliateid,
    data,
    topic,
    partition,
    "offset",
    timestamp,
    _seq
from (
    select
        *,
        json_extract_string(message, {envelope}) as e,
        json_extract(message, '$.data')::text as data
    from (
        select
            *,
            coalesce(document::text, decode(value)) as message
        from {messages}
    ) as texts
) as events
