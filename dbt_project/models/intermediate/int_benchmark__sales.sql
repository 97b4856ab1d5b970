{# A month is in the benchmark only after it has ended and late orders have had time to arrive. #}
with lines as (
    select
        cast(date_trunc('month', orders.order_date_local) as date) as sales_month,
        items.category,
        orders.affiliate_id,
        orders.order_id,
        orders.customer_id,
        orders.order_seq > 1 as is_repeat,
        {{ in_reporting_currency('items.net_amount', 'own.fx_rate') }} as net_amount
    from {{ ref('customer_orders') }} as orders
    inner join {{ ref('own_customer_orders') }} as own
        on orders.affiliate_id = own.affiliate_id and orders.order_id = own.order_id
    inner join {{ ref('customer_order_items') }} as items
        on orders.affiliate_id = items.affiliate_id and orders.order_id = items.order_id
    where
        orders.is_valid_sale
        and orders.customer_id is not null
        and own.fx_rate is not null
        and orders.order_date_local < cast(
            date_trunc(
                'month',
                {{ utc_date(as_of()) }} - interval '{{ var("benchmark_close_days") }} days'
            ) as date
        )
)

select
    sales_month,
    category,
    affiliate_id,
    order_id,
    customer_id,
    is_repeat,
    cast(sum(net_amount) as decimal(18, 2)) as net_amount
from lines
group by sales_month, category, affiliate_id, order_id, customer_id, is_repeat
