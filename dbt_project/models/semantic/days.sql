select cast(days.day as date) as day
from generate_series(
    cast('2015-01-01' as timestamp), cast({{ utc_date(as_of()) }} as timestamp), interval '1 day'
) as days (day)
