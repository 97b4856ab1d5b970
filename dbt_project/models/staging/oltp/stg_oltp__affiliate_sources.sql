with source as (
    {{ newest_rows(source('raw', 'oltp_affiliate'), 'id') }}
)

select
    -- ids
    id as affiliate_id,
    -- strings
    _source as source_name,
    -- numerics
    _seq as landed_seq,
    -- booleans
    _op <> 'delete' as is_held,
    row_number() over (
        partition by id
        order by case when _op = 'delete' then 1 else 0 end, _seq desc, _source
    ) = 1 as is_current
from source
