{# Query of the paid order lines of known customer records, with the returned pieces: all of them if
   the whole order was refunded. #}
{% macro sold_pieces() -%}
    select
        orders.affiliate_id,
        orders.affiliate_customer_id,
        lines.product_id,
        orders.ordered_at,
        lines.quantity,
        case
            when orders.is_valid_sale
                then greatest(least(lines.refunded_quantity, lines.quantity), 0)
            else lines.quantity
        end as returned,
        {{ age_in_days(utc_date('orders.ordered_at')) }} as age_days
    from {{ ref('own_customer_orders') }} as orders
    inner join {{ ref('int_orders__lines') }} as lines
        on orders.affiliate_id = lines.affiliate_id and orders.order_id = lines.order_id
    where
        orders.is_placed_sale
        and orders.affiliate_customer_id is not null
        and lines.product_id is not null
        and lines.quantity > 0
{%- endmacro %}
