with lines as (
    select
        affiliate_id,
        order_id,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(refund_amount) as refund_amount,
        sum(net_amount) as net_amount
    from {{ ref('customer_order_items') }}
    where not is_order_unknown
    group by affiliate_id, order_id
)

select
    orders.affiliate_id,
    orders.order_id
from {{ ref('customer_orders') }} as orders
inner join lines
    on orders.affiliate_id = lines.affiliate_id and orders.order_id = lines.order_id
where
    orders.gross_amount <> lines.gross_amount
    or orders.discount_amount <> lines.discount_amount
    or orders.refund_amount <> lines.refund_amount
    or orders.net_amount <> lines.net_amount
