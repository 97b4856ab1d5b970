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

-- somebody known to two affiliates is one person
persons as (
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
        max(persons.customers) as customers,
        cast(sum(by_affiliate.orders) as bigint) as orders,
        cast(sum(by_affiliate.repeat_orders) as bigint) as repeat_orders,
        cast(sum(by_affiliate.net_amount) as decimal(18, 2)) as net_amount,
        {{ is_publishable('max(persons.customers)', 'by_affiliate') }} as is_publishable
    from by_affiliate
    inner join persons
        on
            by_affiliate.sales_month = persons.sales_month
            and by_affiliate.category = persons.category
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
