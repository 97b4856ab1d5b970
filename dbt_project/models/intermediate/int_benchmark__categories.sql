with by_affiliate as (
    select
        sales_month,
        category,
        affiliate_id,
        count(distinct customer_id) as people,
        count(distinct order_id) as orders,
        count(distinct case when is_repeat then order_id end) as repeat_orders,
        sum(net_amount) as net_amount
    from {{ ref('int_benchmark__sales') }}
    group by sales_month, category, affiliate_id
),

-- a person known to two affiliates counts once
distinct_people as (
    select
        sales_month,
        category,
        count(distinct customer_id) as customers
    from {{ ref('int_benchmark__sales') }}
    group by sales_month, category
),

measured as (
    select
        by_affiliate.sales_month,
        by_affiliate.category,
        max(distinct_people.customers) as customers,
        cast(sum(by_affiliate.orders) as bigint) as orders,
        cast(sum(by_affiliate.repeat_orders) as bigint) as repeat_orders,
        cast(sum(by_affiliate.net_amount) as decimal(18, 2)) as net_amount,
        {{ is_publishable('max(distinct_people.customers)', 'by_affiliate') }} as is_publishable
    from by_affiliate
    inner join distinct_people
        on
            by_affiliate.sales_month = distinct_people.sales_month
            and by_affiliate.category = distinct_people.category
    group by by_affiliate.sales_month, by_affiliate.category
)

select
    *,
    case
        when is_publishable
            then
                row_number() over (
                    partition by sales_month, is_publishable
                    order by customers, {{ binary_order('category') }}
                )
        else 0
    end as place
from measured
