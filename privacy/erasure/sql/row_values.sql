select
    affiliate_id,
    {customer} as customer_id,
    {texts} as contents
from {versions}
where _op is distinct from 'delete' and {customer} is not null
