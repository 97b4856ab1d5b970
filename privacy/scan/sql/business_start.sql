-- The first business day, and the first one that is not a rare error in the source. One day earlier
-- for time zones.
select
    cast(min(first) as date) - 1 as first_day,
    min(earnest) - 1 as in_earnest
from {first_days}
