select
    reason,
    count(*) as messages
from ({rows})
where _seq = $entry and 'events/' || topic::text = $dataset
group by reason
order by messages desc, reason
