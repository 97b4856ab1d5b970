-- The changes that bring a destination from every state it may be in to the desired one.
with attempted as (
    select
        affiliate,
        key,
        case when operation <> 'removed' then sent end as state,
        false as is_certain
    from {attempts}
),

possible as (
    select
        affiliate,
        key,
        sent as state,
        true as is_certain
    from {acknowledged}

    union all

    select * from attempted

    -- a key that only attempts name may be missing there
    union all

    select distinct
        affiliate,
        key,
        null as state,
        false as is_certain
    from attempted
    anti join {acknowledged} using (affiliate, key)  -- noqa: ST07
),

summed as (
    select
        affiliate,
        key,
        bool_or(state is null) as maybe_absent,
        bool_or(is_certain) as was_acknowledged,
        count(distinct state) as states,
        min(state) as state
    from possible
    group by affiliate, key
)

select
    desired.affiliate,
    desired.key,
    desired.sent,
    case when coalesce(summed.was_acknowledged, false) then 'changed' else 'added' end as operation,
    cast(null as varchar) as reason
from {desired} as desired
left join summed
    on
        desired.affiliate = summed.affiliate
        and desired.key = summed.key
where
    $resync
    or summed.key is null
    or summed.maybe_absent
    or summed.states <> 1
    or summed.state <> desired.sent

union all

-- a removal names every state under which the destination may know the key
select distinct
    possible.affiliate,
    possible.key,
    possible.state,
    'removed' as operation,
    cast(null as varchar) as reason
from possible
anti join {desired} as desired
    on
        possible.affiliate = desired.affiliate
        and possible.key = desired.key
where possible.state is not null
