with bodies as (
    select coalesce(document::text, try(decode(value))) as body
    from {messages}
)

select distinct body
from bodies
where
    try_cast(json_extract_string(body, '$.affiliateid') as bigint) = $affiliate
    and try_cast(json_extract_string(body, $id_path) as bigint) = $customer
