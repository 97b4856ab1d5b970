{# The discount on the whole order is spread over its lines in proportion to their value. Each line
   takes the difference of two rounded running shares, so the parts add up to the cent. #}
with lines as (
    select
        items.order_item_id,
        items.order_id,
        items.affiliate_id,
        items.product_id,
        items.quantity,
        coalesce(items.refunded_quantity, 0) as refunded_quantity,
        items.unit_price,
        cast(items.quantity * coalesce(items.unit_price, 0.00) as decimal(18, 2)) as gross_amount,
        coalesce(items.discount_amount, 0.00) as line_discount_amount,
        coalesce(items.refunded_amount, 0.00) as refund_amount,
        coalesce(headers.discount_amount, 0.00) as order_discount_amount,
        headers.order_id is not null as has_header
    from {{ ref('stg_oltp__order_items') }} as items
    left join {{ ref('int_orders__headers') }} as headers
        on items.affiliate_id = headers.affiliate_id and items.order_id = headers.order_id
),

running as (
    select
        *,
        gross_amount - line_discount_amount as line_amount,
        cast(
            sum(gross_amount - line_discount_amount) over (partition by affiliate_id, order_id)
            as decimal(18, 2)
        ) as lines_amount,
        cast(
            sum(gross_amount - line_discount_amount) over (
                partition by affiliate_id, order_id order by order_item_id
            ) as decimal(18, 2)
        ) as running_amount,
        cast(
            row_number() over (
                partition by affiliate_id, order_id order by order_item_id
            ) as integer
        ) as line_no
    from lines
),

shares as (
    select
        *,
        {{ money_share('order_discount_amount', 'running_amount', 'lines_amount') }}
            as share_to_here,
        {{ money_share('order_discount_amount', '(running_amount - line_amount)', 'lines_amount') }}
            as share_before
    from running
)

select
    order_item_id,
    order_id,
    line_no,
    affiliate_id,
    product_id,
    quantity,
    refunded_quantity,
    unit_price,
    gross_amount,
    line_discount_amount,
    -- lines worth nothing give no proportion: the first one takes it all
    cast(
        coalesce(
            share_to_here - share_before,
            case when line_no = 1 then order_discount_amount else 0.00 end
        ) as decimal(18, 2)
    ) as order_discount_share,
    refund_amount,
    has_header
from shares
