-- A day with an order without an exchange rate has no amounts, so only the other days are
-- compared.
with days as (
    select
        affiliate_id,
        order_date_local as day,
        sum(case when is_valid_sale then 1 else 0 end) as orders_count,
        sum(case when is_placed_sale then 1 else 0 end) as orders_count_gross,
        sum(case when is_placed_sale then merchandise_amount - refund_amount end * fx_rate)
            as net_amount_base,
        max(case when is_placed_sale and fx_rate is null then 1 else 0 end) as lacks_rate,
        sum(case when is_placed_sale then 1 else 0 end) as converted
    from {{ ref('own_customer_orders') }}
    group by affiliate_id, order_date_local
)

select
    coalesce(days.affiliate_id, performance.affiliate_id) as affiliate_id,
    coalesce(days.day, performance.day) as day
from days
full outer join {{ ref('affiliate_performance') }} as performance
    on days.affiliate_id = performance.affiliate_id and days.day = performance.day
where
    coalesce(days.orders_count, 0) <> coalesce(performance.orders_count, 0)
    or coalesce(days.orders_count_gross, 0) <> coalesce(performance.orders_count_gross, 0)
    or performance.orders_count
    <> performance.new_customers + performance.repeat_orders + performance.guest_orders
    -- each order's amounts are rounded to the cent
    or (
        days.lacks_rate = 0
        and abs(days.net_amount_base - performance.net_amount_base) > 0.01 * days.converted
    )
    or (days.lacks_rate = 1 and performance.net_amount_base is not null)
