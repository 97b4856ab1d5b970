{# Every order as its affiliate sees it, with the person who ordered. #}
with orders as (
    select
        own.*,
        xref.customer_id
    from {{ ref('own_customer_orders') }} as own
    left join {{ ref('customer_xref') }} as xref
        on
            own.affiliate_id = xref.affiliate_id
            and own.affiliate_customer_id = xref.affiliate_customer_id
),

sequence as (
    {{ order_sequence('orders', person()) }}
),

-- the person's first order at an affiliate is the first of one of the person's records there
first_sales as (
    select
        affiliate_id,
        order_id,
        row_number() over (
            partition by customer_id, affiliate_id order by ordered_at, order_id
        ) as place
    from orders
    where order_seq = 1
)

select
    orders.order_id,
    orders.customer_id,
    orders.customer_kind,
    orders.affiliate_id,
    orders.ordered_at,
    orders.order_date_local,
    orders.updated_at,
    orders.channel,
    orders.status_raw,
    orders.status,
    orders.is_deleted,
    orders.is_placed_sale,
    orders.is_valid_sale,
    orders.lines_count,
    orders.items_quantity,
    orders.gross_amount,
    orders.discount_amount,
    orders.merchandise_amount,
    orders.refund_amount,
    orders.net_amount,
    orders.is_refund_allocated,
    orders.refund_date_first,
    orders.days_to_refund,
    orders.tax_amount,
    orders.shipping_amount,
    orders.header_total_amount,
    orders.header_items_diff,
    orders.currency,
    orders.fx_rate,
    orders.fx_date,
    orders.is_fx_missing,
    orders.gross_amount_base,
    orders.refund_amount_base,
    orders.net_amount_base,
    orders.commission_base,
    orders.commission_rate,
    orders.commission_gross,
    orders.commission_reversed,
    orders.commission_net,
    orders.commission_clawback,
    orders.commission_net_base,
    orders.commission_status,
    orders.commission_hold_until,
    orders.is_ordered_at_missing,
    orders.is_refund_above_order,
    cast(sequence.order_seq as integer) as order_seq,
    cast({{ new_vs_repeat('sequence.order_seq') }} as text) as new_vs_repeat,
    cast({{ days_between('sequence.previous_ordered_at', 'orders.ordered_at') }} as integer)
        as days_since_previous,
    cast(
        case when sequence.order_seq is not null then coalesce(first_sales.place = 1, false) end
        as boolean
    ) as is_first_with_affiliate
from orders
left join sequence
    on orders.affiliate_id = sequence.affiliate_id and orders.order_id = sequence.order_id
left join first_sales
    on orders.affiliate_id = first_sales.affiliate_id and orders.order_id = first_sales.order_id
