{# The discount on the whole order is allocated to its lines in proportion to their value. Each line
   takes the difference of two rounded running shares, so that the parts add up to the cent. #}
{%- set whole_order -%}
    partition by affiliate_id, order_id order by order_item_id
    rows between unbounded preceding and unbounded following
{%- endset -%}
{%- set order_to_here -%}
    partition by affiliate_id, order_id order by order_item_id
    rows between unbounded preceding and current row
{%- endset -%}

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
        items.refunded_amount,
        items.updated_at,
        coalesce(headers.discount_amount, 0.00) as order_discount_amount,
        headers.order_id is not null as has_header,
        headers.updated_at as order_updated_at,
        coalesce(headers.status in {{ order_status('given_back') }}, false) as is_order_given_back,
        coalesce(headers.status = 'cancelled', false) as is_order_cancelled,
        -- no commission applies without a day
        case
            when not headers.is_deleted and headers.status not in {{ order_status('no_deal') }}
                then headers.order_date_local
        end as commission_day
    from {{ ref('stg_oltp__order_items') }} as items
    left join {{ ref('int_orders__headers') }} as headers
        on items.affiliate_id = headers.affiliate_id and items.order_id = headers.order_id
    where
        not coalesce(headers.is_yet_to_come, false)
        -- a line removed from an order is excluded; one deleted together with its order is kept
        and (not items.is_deleted or coalesce(headers.is_deleted, false))
),

running as (
    select
        *,
        gross_amount - line_discount_amount as line_amount,
        cast(sum(gross_amount - line_discount_amount) over ({{ whole_order }}) as decimal(18, 2))
            as lines_amount,
        cast(sum(gross_amount - line_discount_amount) over ({{ order_to_here }}) as decimal(18, 2))
            as running_amount,
        max(
            case when refunded_quantity <> 0 or coalesce(refunded_amount, 0) <> 0 then 1 else 0 end
        ) over ({{ whole_order }}) = 1 as order_states_refund,
        cast(row_number() over (
            partition by affiliate_id, order_id order by order_item_id
        ) as integer) as line_no
    from lines
),

discounted as (
    select
        *,
        -- lines worth 0 give no proportion: the first one takes the whole discount
        cast(case
            when order_discount_amount = 0 then 0.00
            else coalesce(
                {{ money_share('order_discount_amount', 'running_amount', 'lines_amount') }}
                - {{ money_share(
                    'order_discount_amount', '(running_amount - line_amount)', 'lines_amount'
                ) }},
                case when line_no = 1 then order_discount_amount else 0.00 end
            )
        end as decimal(18, 2)) as order_discount_share
    from running
),

refunded as (
    select
        *,
        line_amount - order_discount_share as merchandise_amount,
        cast(case
            when is_order_given_back and not order_states_refund
                then line_amount - order_discount_share
            when refunded_amount is null and refunded_quantity > 0
                then {{ money_share(
                    '(line_amount - order_discount_share)',
                    'least(refunded_quantity, quantity)',
                    'quantity'
                ) }}
            else coalesce(refunded_amount, 0.00)
        end as decimal(18, 2)) as refund_amount,
        (is_order_given_back and not order_states_refund)
        or (refunded_amount is null and refunded_quantity > 0) as is_refund_allocated
    from discounted
),

agreed as (
    {{ commission_rate('refunded') }}
),

earned as (
    select
        *,
        cast(
            {{ money_share('greatest(merchandise_amount, 0)', 'commission_percent', '100') }}
            as decimal(18, 2)
        ) as commission_gross
    from agreed
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
    order_discount_share,
    refund_amount,
    is_refund_allocated,
    case
        when refund_amount = 0 then null
        when is_order_given_back and not order_states_refund then order_updated_at
        else updated_at
    end as refunded_at,
    commission_percent,
    commission_gross,
    cast(case
        when is_order_given_back or is_order_cancelled or refund_amount >= merchandise_amount
            then commission_gross
        when refund_amount > 0
            then {{ money_share('commission_gross', 'refund_amount', 'merchandise_amount') }}
        else 0 * commission_gross
    end as decimal(18, 2)) as commission_reversed,
    has_header
from earned
