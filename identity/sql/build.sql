-- The build in the warehouse, and whether it is one for the past.
select
    coalesce(landing_position, 0) as landing_position,
    invocation_id,
    exists(
        select 1 from {assignments}
        where assigned_at > as_of
    ) as is_for_the_past
from {build}
