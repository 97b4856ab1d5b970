with history as (
    select
        affiliate_id,
        order_id,
        status_raw,
        status,
        customer_id
    from {{ ref('order_status_history') }}
    where is_current
)

select
    coalesce(orders.affiliate_id, history.affiliate_id) as affiliate_id,
    coalesce(orders.order_id, history.order_id) as order_id
from {{ ref('customer_orders') }} as orders
full join history
    on orders.affiliate_id = history.affiliate_id and orders.order_id = history.order_id
where
    orders.order_id is null
    or history.order_id is null
    or orders.status_raw is distinct from history.status_raw
    or orders.status <> history.status
    or orders.customer_id is distinct from history.customer_id
