{# Amounts of one person are in the person's main currency: the one of most valid orders, then of
   the higher value, then the first by code. Currencies are never added up. #}
with orders as (
    select * from {{ ref('customer_orders') }}
    where customer_id is not null
),

currencies as (
    select
        customer_id,
        currency,
        row_number() over (
            partition by customer_id
            order by count(*) desc, sum(net_amount) desc, {{ binary_order('currency') }}
        ) as preference,
        count(*) over (partition by customer_id) as currencies_count
    from orders
    where is_valid_sale
    group by customer_id, currency
),

sales as (
    select
        orders.*,
        currencies.currency is not null as is_main_currency,
        currencies.currencies_count,
        row_number() over (
            partition by orders.customer_id order by orders.order_seq desc
        ) as newness,
        {{ days_between('orders.ordered_at', as_of()) }} as days_ago
    from orders
    left join currencies
        on
            orders.customer_id = currencies.customer_id
            and coalesce(orders.currency, '') = coalesce(currencies.currency, '')
            and currencies.preference = 1
    where orders.is_valid_sale
),

sums as (
    select
        customer_id,
        count(*) as orders_count,
        sum(case when days_ago < 30 then 1 else 0 end) as orders_30d,
        sum(case when days_ago < 90 then 1 else 0 end) as orders_90d,
        sum(case when days_ago < 365 then 1 else 0 end) as orders_365d,
        sum(case when is_main_currency then 1 else 0 end) as main_currency_orders,
        max(case when is_main_currency then currency end) as currency,
        max(currencies_count) as currencies_count,
        sum(case when is_main_currency then net_amount end) as total_purchase,
        sum(case when is_main_currency then net_amount + refund_amount end)
            as total_purchase_gross,
        sum(case when is_main_currency then refund_amount end)
            as total_purchase_refunded,
        sum(case when is_main_currency and days_ago < 30 then net_amount else 0.00 end) as net_30d,
        sum(case when is_main_currency and days_ago < 90 then net_amount else 0.00 end) as net_90d,
        sum(case when is_main_currency and days_ago < 365 then net_amount else 0.00 end)
            as net_365d,
        percentile_disc(0.5) within group (
            order by case when is_main_currency then net_amount end
        ) as median_ticket,
        max(case when is_main_currency then net_amount end) as max_ticket,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at,
        {{ value_at_lowest('channel', 'order_seq') }} as acquisition_channel,
        max(case when newness = 1 then days_since_previous end) as last_gap_days
    from sales
    group by customer_id
),

everything as (
    select
        customer_id,
        sum(case when is_placed_sale then 1 else 0 end) as orders_count_gross,
        max(ordered_at) as last_any_order_at
    from orders
    group by customer_id
)

select
    everything.customer_id as order_customer_id,
    coalesce(sums.orders_count, 0) as orders_count,
    everything.orders_count_gross,
    coalesce(sums.orders_30d, 0) as orders_30d,
    coalesce(sums.orders_90d, 0) as orders_90d,
    coalesce(sums.orders_365d, 0) as orders_365d,
    sums.currency,
    coalesce(sums.currencies_count, 0) as currencies_count,
    sums.total_purchase,
    sums.total_purchase_gross,
    sums.total_purchase_refunded,
    sums.net_30d,
    sums.net_90d,
    sums.net_365d,
    {{ money_share('sums.total_purchase', '1', 'sums.main_currency_orders') }} as avg_ticket,
    sums.median_ticket,
    sums.max_ticket,
    sums.first_order_at,
    sums.last_order_at,
    everything.last_any_order_at,
    sums.acquisition_channel,
    sums.last_gap_days
from everything
left join sums on everything.customer_id = sums.customer_id
