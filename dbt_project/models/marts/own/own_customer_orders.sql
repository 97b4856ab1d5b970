with totals as (
    select
        affiliate_id,
        order_id,
        count(*) as lines_count,
        sum(quantity) as items_quantity,
        cast(sum(gross_amount) as decimal(18, 2)) as gross_amount,
        cast(sum(line_discount_amount) as decimal(18, 2)) as line_discount_amount,
        cast(sum(refund_amount) as decimal(18, 2)) as refund_amount,
        max(case when is_refund_allocated then 1 else 0 end) = 1 as is_refund_allocated,
        min(refunded_at) as first_refunded_at,
        cast(sum(
            case
                when commission_percent is not null
                    then gross_amount - line_discount_amount - order_discount_share
            end
        ) as decimal(18, 2)) as commission_base,
        cast(sum(commission_gross) as decimal(18, 2)) as commission_gross,
        cast(sum(commission_reversed) as decimal(18, 2)) as commission_reversed
    from {{ ref('int_orders__lines') }}
    where has_header
    group by affiliate_id, order_id
),

orders as (
    select
        headers.*,
        coalesce(totals.lines_count, 0) as lines_count,
        coalesce(totals.items_quantity, 0) as items_quantity,
        coalesce(totals.gross_amount, 0.00) as gross_amount,
        coalesce(totals.line_discount_amount, 0.00) + headers.discount_amount as all_discounts,
        coalesce(totals.gross_amount, 0.00) - coalesce(totals.line_discount_amount, 0.00)
        - headers.discount_amount as merchandise_amount,
        coalesce(totals.refund_amount, 0.00) as refund_amount,
        coalesce(totals.is_refund_allocated, false) as is_refund_allocated,
        totals.first_refunded_at,
        totals.commission_base,
        totals.commission_gross,
        totals.commission_reversed,
        headers.ordered_at + interval '{{ var("commission_hold_days") }} days' as hold_until
    from {{ ref('int_orders__headers') }} as headers
    left join totals
        on headers.affiliate_id = totals.affiliate_id and headers.order_id = totals.order_id
    where not headers.is_yet_to_come
),

classified as (
    select
        *,
        status in {{ order_status('given_back') }}
        or (refund_amount > 0 and refund_amount >= merchandise_amount) as is_given_back,
        gross_amount > 0 and not is_deleted and status in {{ order_status('placed') }}
            as is_placed_sale,
        gross_amount > 0
        and not is_deleted
        and status in {{ order_status('placed') }}
        and status not in {{ order_status('given_back') }}
        and (refund_amount <= 0 or refund_amount < merchandise_amount) as is_valid_sale,
        case when customer_kind = 'known' then affiliate_customer_id end as known_customer_id
    from orders
),

sales as (
    select
        affiliate_id,
        order_id,
        ordered_at,
        is_valid_sale,
        known_customer_id as affiliate_customer_id
    from classified
),

sequence as (
    {{ order_sequence('sales', record()) }}
)

select
    cast(orders.affiliate_id as bigint) as affiliate_id,
    cast(orders.order_id as bigint) as order_id,
    cast(orders.known_customer_id as bigint) as affiliate_customer_id,
    cast(orders.customer_kind as text) as customer_kind,
    cast(orders.ordered_at as timestamptz) as ordered_at,
    cast(orders.order_date_local as date) as order_date_local,
    cast(orders.updated_at as timestamptz) as updated_at,
    cast(orders.channel as text) as channel,
    cast(orders.status_raw as text) as status_raw,
    cast(orders.status as text) as status,
    cast(orders.is_deleted as boolean) as is_deleted,
    cast(orders.is_placed_sale as boolean) as is_placed_sale,
    cast(orders.is_valid_sale as boolean) as is_valid_sale,
    cast(orders.lines_count as integer) as lines_count,
    cast(orders.items_quantity as bigint) as items_quantity,
    cast(orders.gross_amount as decimal(18, 2)) as gross_amount,
    cast(orders.all_discounts as decimal(18, 2)) as discount_amount,
    cast(orders.merchandise_amount as decimal(18, 2)) as merchandise_amount,
    cast(orders.refund_amount as decimal(18, 2)) as refund_amount,
    cast(orders.merchandise_amount - orders.refund_amount as decimal(18, 2)) as net_amount,
    cast(orders.is_refund_allocated as boolean) as is_refund_allocated,
    cast(orders.first_refunded_at at time zone orders.time_zone as date) as refund_date_first,
    cast({{ days_between('orders.ordered_at', 'orders.first_refunded_at') }} as integer)
        as days_to_refund,
    cast(orders.tax_amount as decimal(18, 2)) as tax_amount,
    cast(orders.shipping_amount as decimal(18, 2)) as shipping_amount,
    cast(orders.total_amount as decimal(18, 2)) as header_total_amount,
    cast(
        orders.total_amount
        - (orders.merchandise_amount + orders.tax_amount + orders.shipping_amount) as decimal(18, 2)
    ) as header_items_diff,
    cast(orders.currency as text) as currency,
    cast(orders.fx_rate as decimal(18, 8)) as fx_rate,
    cast(orders.fx_date as date) as fx_date,
    cast(orders.fx_rate is null as boolean) as is_fx_missing,
    {{ in_reporting_currency('orders.gross_amount', 'orders.fx_rate') }} as gross_amount_base,
    {{ in_reporting_currency('orders.refund_amount', 'orders.fx_rate') }} as refund_amount_base,
    cast(
        {{ in_reporting_currency('orders.merchandise_amount', 'orders.fx_rate') }}
        - {{ in_reporting_currency('orders.refund_amount', 'orders.fx_rate') }} as decimal(18, 2)
    ) as net_amount_base,
    cast(orders.commission_base as decimal(18, 2)) as commission_base,
    cast(
        {{ money_share('orders.commission_gross', '100', 'orders.commission_base') }}
        as decimal(18, 2)
    ) as commission_rate,
    cast(orders.commission_gross as decimal(18, 2)) as commission_gross,
    cast(orders.commission_reversed as decimal(18, 2)) as commission_reversed,
    cast(orders.commission_gross - orders.commission_reversed as decimal(18, 2))
        as commission_net,
    cast(
        case when orders.first_refunded_at > orders.hold_until then 1 else 0 end
        * orders.commission_reversed as decimal(18, 2)
    ) as commission_clawback,
    {{ in_reporting_currency(
        '(orders.commission_gross - orders.commission_reversed)', 'orders.fx_rate'
    ) }} as commission_net_base,
    cast({{ commission_status('orders') }} as text) as commission_status,
    cast(
        case when orders.commission_gross is not null then orders.hold_until end as timestamptz
    ) as commission_hold_until,
    cast(sequence.order_seq as integer) as order_seq,
    cast({{ new_vs_repeat('sequence.order_seq') }} as text) as new_vs_repeat,
    cast({{ days_between('sequence.previous_ordered_at', 'orders.ordered_at') }} as integer)
        as days_since_previous,
    cast(orders.is_ordered_at_missing as boolean) as is_ordered_at_missing,
    cast(orders.refund_amount > greatest(orders.merchandise_amount, 0) as boolean)
        as is_refund_above_order
from classified as orders
left join sequence
    on orders.affiliate_id = sequence.affiliate_id and orders.order_id = sequence.order_id
