-- A request covers all records of the customer in its scope, as in the dbt model `erased_records`.
with requests as (
    select
        affiliate_id,
        record_id,
        json_extract_string(data, '$.scope') = 'all' as is_everywhere
    from erasures
    where type = 'CustomerErased' and record_id is not null
)

select
    affiliate_id,
    record_id
from requests

union

select
    others.affiliate_id,
    others.record_id
from requests
inner join person as named
    on
        requests.affiliate_id = named.affiliate_id
        and requests.record_id = named.record_id
inner join person as others
    on
        named.person_id = others.person_id
        and (requests.is_everywhere or requests.affiliate_id = others.affiliate_id)
