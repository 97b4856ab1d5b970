-- The candidates of an audience with the first reason that excludes each of them; null: qualifies.
-- A contact by another audience of the affiliate defers new members only. If it removed members as
-- well, two audiences would take members from each other at every run.
with erasures as (
    select distinct
        affiliate_id,
        record_id
    from erased
),

withdrawals as (
    select distinct
        affiliate_id,
        record_id
    from withdrawn
    where {required}
),

other_audiences as (
    select
        affiliate_id,
        record_id,
        max(entered_at) as entered_at
    from elsewhere
    where arm = 'treated'
    group by affiliate_id, record_id
),

members as (
    select
        affiliate_id,
        record_id
    from membership
    where exited_at is null
)

select
    candidates.*,
    {assigned_arm} as arm,
    withdrawals.affiliate_id is not null as has_withdrawn,
    erasures.affiliate_id is not null as is_erased,
    case
        when erasures.affiliate_id is not null then 'erased'
        when $expired then 'expired'
        when withdrawals.affiliate_id is not null or not candidates.consents then 'consent'
        when not candidates.in_rule or (candidates.is_minor and $adults) then 'rule'
        when
            coalesce(
                greatest(candidates.last_contact_at, contacted.happened_at)
                > $now - to_days($contacted),
                false
            )
            then 'cap'
        when
            coalesce(other_audiences.entered_at > $now - to_days($contacted), false)
            and members.affiliate_id is null
            then 'cap'
    end as out
from {candidates} as candidates
left join erasures
    on
        candidates.affiliate_id = erasures.affiliate_id
        and candidates.record_id = erasures.record_id
left join withdrawals
    on
        candidates.affiliate_id = withdrawals.affiliate_id
        and candidates.record_id = withdrawals.record_id
left join contacted
    on
        candidates.affiliate_id = contacted.affiliate_id
        and candidates.record_id = contacted.record_id
left join other_audiences
    on
        candidates.affiliate_id = other_audiences.affiliate_id
        and candidates.record_id = other_audiences.record_id
left join members
    on
        candidates.affiliate_id = members.affiliate_id
        and candidates.record_id = members.record_id
