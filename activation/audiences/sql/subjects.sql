-- One row per customer that ever entered, in the arm of the first entry. Identity resolution may
-- have merged or split records since, so the current customer ID counts.
select
    coalesce(person.person_id, membership.person_id) as person_id,
    arg_min(
        membership.arm,
        (
            membership.entered_at,
            membership.affiliate_id,
            membership.record_id,
            membership.entry_number
        )
    ) as arm,
    min(membership.entered_at) as entered_at,
    min(membership.entered_at) + to_days($days) <= $as_of as is_over,
    count(distinct membership.arm) > 1 as is_crossed
from membership
left join person
    on
        membership.affiliate_id = person.affiliate_id
        and membership.record_id = person.record_id
group by coalesce(person.person_id, membership.person_id)
