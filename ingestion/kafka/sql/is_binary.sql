select
    row_index,
    coalesce(
        len([h for h in headers if starts_with(h.key, 'ce_')]) > 0
        and len([
            h for h in headers
            if lower(h.key) = 'content-type'
            and starts_with(lower(try(decode(h.value))), 'application/cloudevents')
        ]) = 0,
        false
    ) as is_binary
from messages
