with totals as (
    select
        affiliate_id,
        order_id,
        sum(gross_amount) as gross_amount,
        sum(gross_amount - line_discount_amount) as line_amount,
        sum(refund_amount) as refund_amount
    from {{ ref('int_orders__lines') }}
    where has_header
    group by affiliate_id, order_id
),

orders as (
    select
        headers.*,
        coalesce(headers.ordered_at, headers.created_at) as happened_at,
        records.affiliate_customer_id as known_customer_id,
        coalesce(totals.gross_amount, 0) as gross_amount,
        coalesce(totals.line_amount, 0) - coalesce(headers.discount_amount, 0) as net_amount,
        coalesce(totals.refund_amount, 0) as refund_amount
    from {{ ref('stg_oltp__order_headers') }} as headers
    left join totals
        on headers.affiliate_id = totals.affiliate_id and headers.order_id = totals.order_id
    left join {{ known_records() }} as records
        on
            headers.affiliate_id = records.affiliate_id
            and headers.affiliate_customer_id = records.affiliate_customer_id
)

select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(order_id as bigint) as order_id,
    cast(known_customer_id as bigint) as affiliate_customer_id,
    cast(happened_at as timestamptz) as ordered_at,
    cast({{ channel_code('channel') }} as text) as channel,
    cast(gross_amount > 0 and coalesce(status in (
        'paid', 'shipped', 'delivered', 'partially_refunded', 'refunded', 'returned', 'chargeback'
    ), false) as boolean) as is_placed_sale,
    cast(
        gross_amount > 0
        and coalesce(status in ('paid', 'shipped', 'delivered', 'partially_refunded'), false)
        and (refund_amount <= 0 or refund_amount < net_amount) as boolean
    ) as is_valid_sale
from orders
where happened_at <= {{ as_of() }}
