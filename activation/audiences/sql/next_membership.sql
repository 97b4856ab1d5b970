-- The membership intervals after this run: open ones go on or end, ended ones stay, new ones begin.
-- An open interval follows its customer to a new pseudonym or slug.
with past as (
    select
        members.affiliate_id,
        members.record_id,
        max(members.entry_number) as entries,
        bool_or(members.exited_at is null and leaving.reason is null) as is_open,
        max(members.exited_at) as last_exit,
        arg_max(
            coalesce(members.exit_reason, leaving.reason), members.entry_number
        ) as last_reason
    from membership as members
    left join leaving
        on
            members.affiliate_id = leaving.affiliate_id
            and members.record_id = leaving.record_id
    group by members.affiliate_id, members.record_id
)

select
    members.* replace (
        coalesce(standing.affiliate, members.affiliate) as affiliate,
        coalesce(standing.member, members.member) as member,
        case when leaving.reason is not null then $now end as exited_at,
        leaving.reason as exit_reason
    )
from membership as members
left join leaving
    on
        members.affiliate_id = leaving.affiliate_id
        and members.record_id = leaving.record_id
left join standing
    on
        members.affiliate_id = standing.affiliate_id
        and members.record_id = standing.record_id
where members.exited_at is null

union all by name

select * from membership
where exited_at is not null

union all by name

select
    standing.affiliate_id,
    standing.record_id,
    standing.person_id,
    standing.affiliate,
    standing.member,
    standing.arm,
    coalesce(past.entries, 0) + 1 as entry_number,
    $now as entered_at,
    null as exited_at,
    null as exit_reason
from standing
left join past
    on
        standing.affiliate_id = past.affiliate_id
        and standing.record_id = past.record_id
where
    $may_enter
    and standing.out is null
    and not coalesce(past.is_open, false)
    -- a customer who moved to the other arm continues there, whatever the re-entry policy is
    and (
        past.entries is null
        or past.last_reason = 'holdout'
        or ($after is not null and past.last_exit <= $now - to_days(coalesce($after, 0)))
    )
