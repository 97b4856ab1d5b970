{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'customer_orders'}}}) }}
-- Unusual orders are kept and flagged, never dropped. This test counts them: a few are normal,
-- many at once indicate a broken feed and should be investigated. It only warns, because no
-- total is wrong.
with headers as (
    select
        count(*) as orders_count,
        sum(case when is_yet_to_come then 1 else 0 end) as yet_to_come,
        sum(case when is_ordered_at_missing then 1 else 0 end) as without_instant,
        sum(case when fx_rate is null then 1 else 0 end) as without_rate,
        sum(case when customer_kind = 'unknown' then 1 else 0 end) as of_unknown_customers
    from {{ ref('int_orders__headers') }}
),

orders as (
    select
        sum(case when abs(header_items_diff) > 0.01 then 1 else 0 end) as with_another_total,
        sum(case when is_refund_above_order then 1 else 0 end) as refunded_above_order,
        sum(case when merchandise_amount < 0 then 1 else 0 end) as discounted_below_zero
    from {{ ref('customer_orders') }}
),

lines as (
    select
        count(*) as lines_count,
        sum(case when is_order_unknown then 1 else 0 end) as without_order,
        sum(case when is_product_unknown then 1 else 0 end) as of_unknown_products
    from {{ ref('customer_order_items') }}
)

select *
from headers
cross join orders
cross join lines
where
    greatest(
        yet_to_come, without_instant, without_rate, of_unknown_customers,
        with_another_total, refunded_above_order, discounted_below_zero
    ) > {{ var('odd_orders_share_limit') }} * orders_count
    or greatest(without_order, of_unknown_products)
    > {{ var('odd_orders_share_limit') }} * lines_count
