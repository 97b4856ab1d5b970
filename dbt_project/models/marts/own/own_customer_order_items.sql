select
    cast(lines.affiliate_id as bigint) as affiliate_id,
    cast(lines.order_item_id as bigint) as order_item_id,
    cast(lines.order_id as bigint) as order_id,
    cast(lines.line_no as integer) as line_no,
    cast(orders.affiliate_customer_id as bigint) as affiliate_customer_id,
    cast(orders.ordered_at as timestamptz) as ordered_at,
    cast(coalesce(orders.is_valid_sale, false) as boolean) as is_valid_sale,
    cast(lines.product_id as bigint) as product_id,
    cast(products.sku as text) as sku,
    cast(coalesce(lower(trim(products.category)), 'unknown') as text) as category,
    cast(coalesce(trim(products.brand), 'unknown') as text) as brand,
    cast(lines.quantity as integer) as quantity,
    cast(lines.refunded_quantity as integer) as refunded_quantity,
    cast(lines.quantity - lines.refunded_quantity as integer) as net_quantity,
    cast(lines.unit_price as decimal(18, 2)) as unit_price,
    cast(lines.gross_amount as decimal(18, 2)) as gross_amount,
    cast(lines.line_discount_amount + lines.order_discount_share as decimal(18, 2))
        as discount_amount,
    cast(lines.refund_amount as decimal(18, 2)) as refund_amount,
    cast(lines.is_refund_allocated as boolean) as is_refund_allocated,
    cast(
        lines.gross_amount - lines.line_discount_amount - lines.order_discount_share
        - lines.refund_amount as decimal(18, 2)
    ) as net_amount,
    cast(orders.currency as text) as currency,
    cast(lines.commission_percent as decimal(5, 2)) as commission_rate,
    cast(lines.commission_gross as decimal(18, 2)) as commission_gross,
    cast(lines.commission_reversed as decimal(18, 2)) as commission_reversed,
    cast(not lines.has_header as boolean) as is_order_unknown,
    cast(products.product_id is null as boolean) as is_product_unknown
from {{ ref('int_orders__lines') }} as lines
left join {{ ref('own_customer_orders') }} as orders
    on lines.affiliate_id = orders.affiliate_id and lines.order_id = orders.order_id
left join {{ ref('stg_oltp__products') }} as products
    on lines.affiliate_id = products.affiliate_id and lines.product_id = products.product_id
