with orders_by_affiliate as (
    select
        customer_id,
        affiliate_id,
        count(*) as orders_count,
        sum(net_amount) as net_amount,
        max(ordered_at) as last_order_at
    from {{ ref('customer_orders') }}
    where
        customer_id is not null
        and is_valid_sale
        and {{ days_between('ordered_at', as_of()) }} < 365
    group by customer_id, affiliate_id
),

ranked as (
    select
        customer_id,
        affiliate_id,
        row_number() over (
            partition by customer_id
            order by orders_count desc, net_amount desc, last_order_at desc, affiliate_id
        ) as preference
    from orders_by_affiliate
)

select
    customer_id,
    affiliate_id as preferred_affiliate_id
from ranked
where preference = 1
