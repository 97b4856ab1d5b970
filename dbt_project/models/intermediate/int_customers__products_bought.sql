select
    customer_id,
    affiliate_id,
    product_id,
    count(distinct order_id) as orders_count,
    sum(net_quantity) as net_quantity
from {{ ref('customer_order_items') }}
where customer_id is not null and is_valid_sale
group by customer_id, affiliate_id, product_id
