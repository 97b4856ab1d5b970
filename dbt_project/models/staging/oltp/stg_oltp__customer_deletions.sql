with source as (
    {{ newest_rows(source('raw', 'oltp_affiliate_customer'), 'id') }}
)

select
    -- ids
    id as affiliate_customer_id,
    -- strings
    _source as source_name,
    -- numerics
    _seq as landed_seq
from source
where _op = 'delete'
