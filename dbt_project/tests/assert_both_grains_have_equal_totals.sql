-- The sum over the affiliates' customer records equals the sum over unified customers.
with sums as (
    select
        'own' as grain,
        sum(orders_count) as orders_count,
        sum(orders_count_gross) as orders_count_gross,
        sum(case when not dq_fx_missing then 0 else 1 end) as unconverted,
        sum(total_purchase_base) as total_purchase_base
    from {{ ref('own_customer') }}
    union all
    select
        'unified' as grain,
        sum(orders_count) as orders_count,
        sum(orders_count_gross) as orders_count_gross,
        sum(case when not dq_fx_missing then 0 else 1 end) as unconverted,
        sum(total_purchase_base) as total_purchase_base
    from {{ ref('customer') }}
    union all
    select
        'orders' as grain,
        sum(case when is_valid_sale then 1 else 0 end) as orders_count,
        sum(case when is_placed_sale then 1 else 0 end) as orders_count_gross,
        sum(case when is_valid_sale and is_fx_missing then 1 else 0 end) as unconverted,
        sum(case when is_valid_sale then net_amount_base end) as total_purchase_base
    from {{ ref('customer_orders') }}
    where customer_id is not null
)

select *
from sums
where
    orders_count <> (select max(others.orders_count) from sums as others)
    or orders_count_gross <> (select max(others.orders_count_gross) from sums as others)
    -- a customer with an order without an exchange rate has no total
    or (
        (select max(others.unconverted) from sums as others) = 0
        and total_purchase_base
        <> (select max(others.total_purchase_base) from sums as others)
    )
