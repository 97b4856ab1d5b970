select
    tombstone,
    min(requested_at)::timestamptz as requested_at
from {tombstones}
group by tombstone
