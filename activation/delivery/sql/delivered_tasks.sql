select distinct
    affiliate_id::bigint as affiliate_id,
    task_pseudonym::varchar as task,
    deal_id::varchar as deal_id,
    affiliate_customer_id::bigint as record_id
from {follow_ups}
