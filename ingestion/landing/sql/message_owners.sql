with bodies as (
    select
        place,
        coalesce(document::text, try(decode(value))) as body
    from messages
),

ids as (
    select
        place,
        json_extract_string(
            case when json_valid(body) then body end,
            ['$.affiliateid', '$.data.affiliate_customer_id']
        ) as found
    from bodies
)

select
    try_cast(found[1] as bigint) as affiliate_id,
    try_cast(found[2] as bigint) as affiliate_customer_id
from ids
order by place
