select
    f.affiliate,
    f.task_id,
    f.customer_id,
    f.channel,
    f.due_at,
    f.expires_at,
    cast({sent} as varchar) as sent
from follow_ups as f
left join customer as c on f.customer_id = c.customer_id
