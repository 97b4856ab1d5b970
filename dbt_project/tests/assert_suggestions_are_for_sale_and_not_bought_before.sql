select
    offers.affiliate_id,
    offers.affiliate_customer_id,
    offers.product_id
from {{ ref('int_suggestions__next_best_products') }} as offers
left join {{ ref('stg_oltp__products') }} as products
    on offers.affiliate_id = products.affiliate_id and offers.product_id = products.product_id
left join {{ ref('own_customer_orders') }} as orders
    on
        offers.affiliate_id = orders.affiliate_id
        and offers.affiliate_customer_id = orders.affiliate_customer_id
        and orders.is_placed_sale
left join {{ ref('stg_oltp__order_items') }} as lines
    on
        orders.affiliate_id = lines.affiliate_id
        and orders.order_id = lines.order_id
        and offers.product_id = lines.product_id
        and lines.quantity > 0
where not coalesce(products.is_active, false) or lines.product_id is not null
