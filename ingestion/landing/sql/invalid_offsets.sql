select
    messages.dataset,
    messages.entry,
    messages.partition,
    ranges.first_offset,
    ranges.end_offset,
    count(*) filter (
        where ranges.first_offset is null
        or messages."offset" < ranges.first_offset
        or messages."offset" >= ranges.end_offset
    ) as outside,
    count(*) - count(distinct messages."offset") as repeated
from messages
left join ranges
    on
        messages.dataset = ranges.dataset
        and messages.entry = ranges.entry
        and messages.partition = ranges.partition
group by all
having outside > 0 or repeated > 0
order by messages.entry, messages.dataset, messages.partition
