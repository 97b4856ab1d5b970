-- Nothing is lost or duplicated between the OLTP and the mart, whatever is joined in between.
with source_orders as (
    select
        orders.affiliate_id,
        orders.order_id,
        coalesce(orders.discount_amount, 0.00) as discount_amount,
        orders.is_deleted,
        coalesce(orders.ordered_at, orders.created_at) as happened_at
    from {{ ref('stg_oltp__order_headers') }} as orders
),

source_totals as (
    select
        count(*) as orders_count,
        sum(discount_amount) as discount_amount
    from source_orders
    where happened_at <= {{ as_of() }}
),

source_lines as (
    select
        sum(items.quantity * coalesce(items.unit_price, 0.00)) as gross_amount,
        sum(coalesce(items.discount_amount, 0.00)) as discount_amount,
        sum(coalesce(items.refunded_amount, 0.00)) as refund_amount
    from {{ ref('stg_oltp__order_items') }} as items
    inner join source_orders
        on
            items.affiliate_id = source_orders.affiliate_id
            and items.order_id = source_orders.order_id
    where
        source_orders.happened_at <= {{ as_of() }}
        and (not items.is_deleted or source_orders.is_deleted)
),

-- amounts that no line states are computed
stated_refunds as (
    select coalesce(sum(refund_amount), 0) as refund_amount
    from {{ ref('customer_order_items') }}
    where not is_refund_allocated and not is_order_unknown
),

mart as (
    select
        count(*) as orders_count,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(refund_amount) as refund_amount,
        sum(net_amount) as net_amount
    from {{ ref('customer_orders') }}
)

select mart.*
from mart
cross join source_totals
cross join source_lines
cross join stated_refunds
where
    mart.orders_count <> source_totals.orders_count
    or mart.gross_amount <> coalesce(source_lines.gross_amount, 0)
    or stated_refunds.refund_amount <> coalesce(source_lines.refund_amount, 0)
    or mart.discount_amount
    <> coalesce(source_lines.discount_amount, 0) + source_totals.discount_amount
    or mart.net_amount <> mart.gross_amount - mart.discount_amount - mart.refund_amount
