-- What every destination should hold after a run that was held: the state before, minus protective
-- exits.
with removed as (
    select
        past.affiliate,
        past.member
    from past
    inner join leaving
        on
            past.affiliate_id = leaving.affiliate_id
            and past.record_id = leaving.record_id
    where past.exited_at is null
)

select before.*
from before
anti join removed
    on
        before.affiliate = removed.affiliate
        and before.key = removed.member
