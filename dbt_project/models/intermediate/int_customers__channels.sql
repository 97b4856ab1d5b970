with contacts as (
    select
        customer_id,
        channel,
        visited_at as happened_at
    from {{ ref('int_visits__customer_visits') }}
    where channel is not null
    union all
    select
        customer_id,
        channel,
        ordered_at as happened_at
    from {{ ref('customer_orders') }}
    where customer_id is not null and channel is not null
),

by_channel as (
    select
        customer_id,
        channel,
        count(*) as contacts,
        min(happened_at) as first_at,
        max(happened_at) as last_at
    from contacts
    group by customer_id, channel
),

ranked as (
    select
        customer_id,
        channel,
        row_number() over (
            partition by customer_id order by first_at, {{ binary_order('channel') }}
        ) as first_rank,
        row_number() over (
            partition by customer_id order by last_at desc, {{ binary_order('channel') }}
        ) as last_rank,
        row_number() over (
            partition by customer_id
            order by contacts desc, last_at desc, {{ binary_order('channel') }}
        ) as preference
    from by_channel
)

select
    customer_id,
    max(case when first_rank = 1 then channel end) as first_channel,
    max(case when last_rank = 1 then channel end) as last_channel,
    max(case when preference = 1 then channel end) as preferred_channel
from ranked
group by customer_id
