-- A delayed task is later in the unified grain; everything else is equal.
select
    own.affiliate_id,
    own.deal_id
from {{ ref('own_follow_ups') }} as own
full outer join {{ ref('follow_ups') }} as unified on own.task_id = unified.task_id
where
    own.task_id is null
    or unified.task_id is null
    or unified.priority <> own.priority
    or (unified.due_at > own.due_at) <> unified.is_delayed
    or unified.due_at < own.due_at
    or (unified.is_delayed and (unified.is_agreed or unified.due_at <= {{ as_of() }}))
