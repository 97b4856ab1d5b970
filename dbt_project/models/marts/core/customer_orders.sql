with orders as (
    select
        headers.*,
        coalesce(totals.lines_count, 0) as lines_count,
        coalesce(totals.items_quantity, 0) as items_quantity,
        coalesce(totals.gross_amount, 0.00) as gross_amount,
        coalesce(totals.line_discount_amount, 0.00) as line_discount_amount,
        coalesce(totals.refund_amount, 0.00) as refund_amount
    from {{ ref('int_orders__headers') }} as headers
    left join {{ ref('int_orders__totals') }} as totals
        on headers.affiliate_id = totals.affiliate_id and headers.order_id = totals.order_id
),

valued as (
    select
        *,
        gross_amount - line_discount_amount - discount_amount as merchandise_amount
    from orders
),

classified as (
    select
        *,
        gross_amount > 0
        and status in (
            'paid', 'shipped', 'delivered',
            'partially_refunded', 'refunded', 'returned', 'chargeback'
        ) as is_placed_sale,
        gross_amount > 0
        and status in ('paid', 'shipped', 'delivered', 'partially_refunded')
        and (refund_amount <= 0 or refund_amount < merchandise_amount) as is_valid_sale
    from valued
),

sequenced as (
    select
        *,
        case
            when customer_id is not null and is_valid_sale
                then row_number() over (
                    partition by customer_id, is_valid_sale
                    order by ordered_at, order_id, affiliate_id
                )
        end as order_seq,
        case
            when customer_id is not null and is_valid_sale
                then lag(ordered_at) over (
                    partition by customer_id, is_valid_sale
                    order by ordered_at, order_id, affiliate_id
                )
        end as previous_ordered_at,
        case
            when customer_id is not null and is_valid_sale
                then row_number() over (
                    partition by customer_id, affiliate_id, is_valid_sale
                    order by ordered_at, order_id
                ) = 1
        end as is_first_with_affiliate
    from classified
)

select
    cast(order_id as bigint) as order_id,
    cast(customer_id as text) as customer_id,
    cast(customer_kind as text) as customer_kind,
    cast(affiliate_id as bigint) as affiliate_id,
    cast(ordered_at as timestamptz) as ordered_at,
    cast(order_date_local as date) as order_date_local,
    cast(channel as text) as channel,
    cast(status as text) as status,
    cast(is_placed_sale as boolean) as is_placed_sale,
    cast(is_valid_sale as boolean) as is_valid_sale,
    cast(lines_count as integer) as lines_count,
    cast(items_quantity as bigint) as items_quantity,
    cast(gross_amount as decimal(18, 2)) as gross_amount,
    cast(line_discount_amount + discount_amount as decimal(18, 2)) as discount_amount,
    cast(merchandise_amount - refund_amount as decimal(18, 2)) as net_amount,
    cast(refund_amount as decimal(18, 2)) as refund_amount,
    cast(tax_amount as decimal(18, 2)) as tax_amount,
    cast(shipping_amount as decimal(18, 2)) as shipping_amount,
    cast(total_amount as decimal(18, 2)) as header_total_amount,
    cast(total_amount - (merchandise_amount + tax_amount + shipping_amount) as decimal(18, 2))
        as header_items_diff,
    cast(currency as text) as currency,
    cast(order_seq as integer) as order_seq,
    cast(case when order_seq = 1 then 'new' when order_seq > 1 then 'repeat' end as text)
        as new_vs_repeat,
    cast({{ days_between('previous_ordered_at', 'ordered_at') }} as integer) as days_since_previous,
    cast(is_first_with_affiliate as boolean) as is_first_with_affiliate,
    cast(is_ordered_at_missing as boolean) as is_ordered_at_missing,
    cast(refund_amount > greatest(merchandise_amount, 0) as boolean) as is_refund_above_order
from sequenced
