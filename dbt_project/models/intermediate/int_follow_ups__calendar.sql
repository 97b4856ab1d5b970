with countries as (
    select country from {{ ref('business_holidays') }}
    union
    select '' as country
),

days as (
    select
        countries.country,
        {{ utc_date(as_of()) }} + cast(numbers.number as integer) as day
    from countries
    cross join generate_series(
        -{{ var('follow_up_calendar_days') }}, {{ var('follow_up_calendar_days') }}
    ) as numbers (number)
),

marked as (
    select
        days.country,
        days.day,
        extract(isodow from days.day) < 6 and holidays.day is null as is_open
    from days
    left join {{ ref('business_holidays') }} as holidays
        on days.country = holidays.country and days.day = holidays.day
),

counted as (
    select
        *,
        cast(sum(case when is_open then 1 else 0 end) over (
            partition by country order by day
            rows between unbounded preceding and current row
        ) as integer) as open_day_no
    from marked
)

select
    country,
    day,
    is_open,
    open_day_no,
    (open_day_no - case when is_open then 1 else 0 end) * {{ open_minutes() }} as minutes_before
from counted
