{# Who bought in two categories counts once in their union: at the one that comes first. #}
with placed as (
    select
        sales.*,
        categories.place,
        min(categories.place) over (partition by sales.sales_month, sales.customer_id)
            as first_of_person,
        min(categories.place) over (
            partition by sales.sales_month, sales.affiliate_id, sales.customer_id
        ) as first_of_customer,
        min(categories.place) over (
            partition by sales.sales_month, sales.affiliate_id, sales.order_id
        ) as first_of_order
    from {{ ref('int_benchmark__sales') }} as sales
    inner join {{ ref('int_benchmark__categories') }} as categories
        on sales.sales_month = categories.sales_month and sales.category = categories.category
),

added_by_affiliate as (
    select
        sales_month,
        place,
        affiliate_id,
        count(distinct case when place = first_of_customer then customer_id end) as people,
        count(distinct case when place = first_of_order then order_id end) as orders,
        count(distinct case when place = first_of_order and is_repeat then order_id end)
            as repeat_orders,
        sum(net_amount) as net_amount
    from placed
    group by sales_month, place, affiliate_id
),

added_persons as (
    select
        sales_month,
        place,
        count(distinct case when place = first_of_person then customer_id end) as customers
    from placed
    group by sales_month, place
),

persons as (
    select
        sales_month,
        place,
        sum(customers) over (partition by sales_month order by place) as customers
    from added_persons
),

by_affiliate as (
    select
        persons.sales_month,
        persons.place,
        persons.customers,
        added.affiliate_id,
        sum(added.people) as people,
        sum(added.orders) as orders,
        sum(added.repeat_orders) as repeat_orders,
        sum(added.net_amount) as net_amount
    from persons
    inner join added_by_affiliate as added
        on persons.sales_month = added.sales_month and persons.place >= added.place
    group by persons.sales_month, persons.place, persons.customers, added.affiliate_id
)

select
    sales_month,
    place,
    cast(max(customers) as bigint) as customers,
    cast(sum(orders) as bigint) as orders,
    cast(sum(repeat_orders) as bigint) as repeat_orders,
    cast(sum(net_amount) as decimal(18, 2)) as net_amount,
    {{ is_publishable('max(by_affiliate.customers)', 'by_affiliate') }} as is_publishable
from by_affiliate
group by sales_month, place
