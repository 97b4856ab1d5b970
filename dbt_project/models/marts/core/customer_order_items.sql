with lines as (
    select
        lines.*,
        orders.customer_id,
        orders.is_valid_sale,
        orders.currency,
        orders.ordered_at,
        products.category,
        products.brand,
        products.product_id is null as is_product_unknown
    from {{ ref('int_orders__lines') }} as lines
    left join {{ ref('customer_orders') }} as orders
        on lines.affiliate_id = orders.affiliate_id and lines.order_id = orders.order_id
    left join {{ ref('stg_oltp__order_headers') }} as headers
        on lines.affiliate_id = headers.affiliate_id and lines.order_id = headers.order_id
    left join {{ ref('stg_oltp__products') }} as products
        on lines.affiliate_id = products.affiliate_id and lines.product_id = products.product_id
    -- a line without any header is kept; one whose order is after as_of has not happened
    where lines.has_header or headers.order_id is null
)

select
    cast(order_item_id as bigint) as order_item_id,
    cast(order_id as bigint) as order_id,
    cast(line_no as integer) as line_no,
    cast(affiliate_id as bigint) as affiliate_id,
    cast(customer_id as text) as customer_id,
    cast(ordered_at as timestamptz) as ordered_at,
    cast(coalesce(is_valid_sale, false) as boolean) as is_valid_sale,
    cast(product_id as bigint) as product_id,
    cast(coalesce(lower(trim(category)), 'unknown') as text) as category,
    cast(coalesce(trim(brand), 'unknown') as text) as brand,
    cast(quantity as integer) as quantity,
    cast(refunded_quantity as integer) as refunded_quantity,
    cast(quantity - refunded_quantity as integer) as net_quantity,
    cast(unit_price as decimal(18, 2)) as unit_price,
    cast(gross_amount as decimal(18, 2)) as gross_amount,
    cast(line_discount_amount + order_discount_share as decimal(18, 2)) as discount_amount,
    cast(refund_amount as decimal(18, 2)) as refund_amount,
    cast(
        gross_amount - line_discount_amount - order_discount_share - refund_amount as decimal(18, 2)
    ) as net_amount,
    cast(currency as text) as currency,
    cast(not has_header as boolean) as is_order_unknown,
    cast(is_product_unknown as boolean) as is_product_unknown
from lines
