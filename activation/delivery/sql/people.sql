select
    affiliate_id::bigint as affiliate_id,
    affiliate_customer_id::bigint as record_id,
    arg_max(customer_id, (_seq, assigned_at))::varchar as person_id
from {assignments}
where customer_id is not null
group by affiliate_id, affiliate_customer_id
