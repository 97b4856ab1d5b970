{# Every order's statuses as its affiliate sees them, with the person who ordered. #}
select
    history.affiliate_id,
    history.order_id,
    history.interval_no,
    orders.customer_id,
    history.status_raw,
    history.status,
    history.valid_from,
    history.valid_to,
    history.is_current
from {{ ref('own_order_status_history') }} as history
inner join {{ ref('customer_orders') }} as orders
    on history.affiliate_id = orders.affiliate_id and history.order_id = orders.order_id
