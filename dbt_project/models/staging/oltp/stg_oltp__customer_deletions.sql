with source as (
    select
        id,
        _op,
        _seq,
        row_number() over (partition by id order by _seq desc) as _version
    from {{ source('raw', 'oltp_affiliate_customer') }}
)

select
    -- ids
    id as affiliate_customer_id,
    -- numerics
    _seq as landed_seq
from source
where _version = 1 and _op = 'delete'
