with versions as (
    select
        *,
        row_number() over (
            partition by left_record_id, right_record_id
            order by _seq desc, {{ binary_order('decision_id') }} desc
        ) as _version
    from {{ source('raw', 'identity_decisions') }}
    -- today's decisions correct the newest state, whatever as_of; an earlier state keeps its own
    where not {{ is_looking_back() }} or decided_at <= {{ as_of() }}
)

select
    -- ids
    left_record_id,
    right_record_id,
    decision_id,
    -- strings
    decision,
    decided_by,
    reason,
    -- numerics
    _seq as landing_position,
    -- timestamps
    decided_at
from versions
where _version = 1
