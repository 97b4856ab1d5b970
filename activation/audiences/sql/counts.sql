-- Customers left after each step; each count is a part of the one before.
with candidates as (
    select
        *,
        in_rule and consents and not has_withdrawn and not is_erased as is_consenting
    from standing
)

select
    count(*) filter (where in_rule) as eligible,
    count(*) filter (where is_consenting) as consenting,
    count(*) filter (where is_consenting and (out is null or rival is not null)) as unsuppressed,
    count(*) filter (where is_consenting and out is null) as prioritised,
    (
        select count(*) from membership
        where exited_at is null
    ) as members,
    (
        select count(*) from membership
        where exited_at is null and arm = 'held'
    ) as held,
    (select count(*) from desired) as delivered
from candidates
