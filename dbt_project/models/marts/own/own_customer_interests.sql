with interests as (
    {{ interests(record()) }}
)

select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(affiliate_customer_id as bigint) as affiliate_customer_id,
    {{ interest_columns() }}
from interests
