with order_days as (
    select distinct
        customer_id,
        {{ utc_date('ordered_at') }} as order_day
    from {{ ref('customer_orders') }}
    where customer_id is not null and is_valid_sale
),

gaps as (
    select
        customer_id,
        order_day - lag(order_day) over (partition by customer_id order by order_day) as gap_days
    from order_days
),

population as (
    select percentile_disc(0.75) within group (order by gap_days) as gap_days
    from gaps
    where gap_days is not null
),

own as (
    select
        customer_id,
        count(*) as order_days,
        -- the lower of the two middle gaps where their number is even
        case
            when count(*) >= 3 then percentile_disc(0.5) within group (order by gap_days)
        end as median_gap_days
    from gaps
    group by customer_id
)

select
    own.customer_id,
    own.order_days,
    cast(own.median_gap_days as integer) as median_gap_days,
    cast(
        coalesce(own.median_gap_days, population.gap_days, {{ var('default_order_gap_days') }})
        as integer
    ) as expected_gap_days
from own
cross join population
