-- Customers that match the rule, as many of each outcome as fit, the same ones at every call.
with outcomes as (
    select
        affiliate,
        member,
        shown,
        case
            when rival is not null then 'left to ' || rival
            when out = 'cap' then 'contacted'
            when out = 'consent' and has_withdrawn then 'withdrawn'
            when out = 'consent' then 'no consent or address'
            when out = 'rule' and is_minor then 'minor'
            when out is not null then out
            when arm = 'held' then 'held out'
            else 'in'
        end as outcome
    from standing
    where in_rule
)

select
    affiliate,
    member,
    outcome,
    shown
from outcomes
order by row_number() over (partition by outcome order by member), outcome
limit $most
