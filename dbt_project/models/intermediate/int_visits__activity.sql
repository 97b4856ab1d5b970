with visits as (
    select
        *,
        {{ days_between('visited_at', as_of()) }} as days_ago
    from {{ ref('int_visits__customer_visits') }}
)

select
    customer_id,
    max(visited_at) as last_visit_at,
    sum(case when starts_session and days_ago < 7 then 1 else 0 end) as sessions_7d,
    sum(case when starts_session and days_ago < 30 then 1 else 0 end) as sessions_30d,
    sum(case when starts_session and days_ago < 90 then 1 else 0 end) as sessions_90d,
    count(distinct case when days_ago < 30 then {{ utc_date('visited_at') }} end) as active_days_30d
from visits
group by customer_id
