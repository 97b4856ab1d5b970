select
    items.affiliate_id,
    items.order_item_id
from {{ ref('stg_oltp__order_items') }} as items
left join {{ ref('stg_oltp__order_headers') }} as orders
    on items.affiliate_id = orders.affiliate_id and items.order_id = orders.order_id
left join {{ ref('customer_order_items') }} as mart
    on items.affiliate_id = mart.affiliate_id and items.order_item_id = mart.order_item_id
where
    mart.order_item_id is null
    and (not items.is_deleted or orders.is_deleted)
    and (orders.order_id is null or coalesce(orders.ordered_at, orders.created_at) <= {{ as_of() }})
