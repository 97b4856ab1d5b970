{# Every line as its affiliate sees it, with the person who ordered. #}
select
    own.affiliate_id,
    own.order_item_id,
    own.order_id,
    own.line_no,
    xref.customer_id,
    own.ordered_at,
    own.is_valid_sale,
    own.product_id,
    own.sku,
    own.category,
    own.brand,
    own.quantity,
    own.refunded_quantity,
    own.net_quantity,
    own.unit_price,
    own.gross_amount,
    own.discount_amount,
    own.refund_amount,
    own.is_refund_allocated,
    own.net_amount,
    own.currency,
    own.commission_rate,
    own.commission_gross,
    own.commission_reversed,
    own.is_order_unknown,
    own.is_product_unknown
from {{ ref('own_customer_order_items') }} as own
left join {{ ref('customer_xref') }} as xref
    on
        own.affiliate_id = xref.affiliate_id
        and own.affiliate_customer_id = xref.affiliate_customer_id
