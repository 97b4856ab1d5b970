select
    affiliate,
    key,
    sent
from desired
where affiliate = coalesce($affiliate, affiliate)
order by cast(sent ->> 'priority' as decimal(5, 2)) desc, sent ->> 'due_at', key
limit $most
