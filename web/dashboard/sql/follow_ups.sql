-- As of the release, so the period does not apply.
select
    coalesce('owner ' || owner_id, 'no owner') as owner,
    count(*) as overdue,
    max(overdue_business_hours)::double as longest_business_hours
from follow_ups
where status = 'overdue'
group by owner_id
order by overdue desc, owner
limit 30
