select
    topic,
    stage,
    reason,
    count(*) as messages,
    epoch_ms(min(timestamp)) as first,
    epoch_ms(max(timestamp)) as last,
    list_sort(list(distinct _seq)) as entries
from ({rows})
group by all
