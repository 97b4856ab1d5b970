select
    'events/' || topic::text as dataset,
    _seq as entry,
    partition::integer as partition,
    "offset"::bigint as "offset"
from {messages}
where topic is not null
