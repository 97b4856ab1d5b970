-- People, groups of people with equal attributes, and the smallest of the groups. Gender, age band
-- and country as they are; the average ticket by powers of two.
with groups as (
    select count(*) as persons
    from {customers}
    group by gender, age_band, country, floor(log2(greatest(avg_ticket, 1)))
)

select
    coalesce(sum(persons), 0) as persons,
    count(*) as groups,
    coalesce(min(persons), 0) as smallest,
    coalesce(sum(persons) filter (where persons = 1), 0) as alone,
    coalesce(sum(persons) filter (where persons < $small), 0) as in_small_groups
from groups
