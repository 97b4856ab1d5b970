{# A person who bought in two categories counts once in their union: at the category that comes
   first. #}
with placed as (
    select
        sales.sales_month,
        sales.affiliate_id,
        sales.customer_id,
        sales.order_id,
        sales.is_repeat,
        sales.net_amount,
        categories.place
    from {{ ref('int_benchmark__sales') }} as sales
    inner join {{ ref('int_benchmark__categories') }} as categories
        on sales.sales_month = categories.sales_month and sales.category = categories.category
),

orders as (
    select
        sales_month,
        affiliate_id,
        order_id,
        customer_id,
        max(case when is_repeat then 1 else 0 end) as is_repeat,
        min(place) as place
    from placed
    group by sales_month, affiliate_id, order_id, customer_id
),

customers as (
    select
        sales_month,
        affiliate_id,
        customer_id,
        min(place) as place
    from orders
    group by sales_month, affiliate_id, customer_id
),

first_places as (
    select
        sales_month,
        customer_id,
        min(place) as place
    from customers
    group by sales_month, customer_id
),

-- a category that adds no person has a union too
distinct_people as (
    select
        places.sales_month,
        places.place,
        sum(count(first_places.customer_id)) over (
            partition by places.sales_month order by places.place
        ) as customers
    from (
        select distinct
            sales_month,
            place
        from placed
    ) as places
    left join first_places
        on places.sales_month = first_places.sales_month and places.place = first_places.place
    group by places.sales_month, places.place
),

added_by_affiliate as (
    select
        sales_month,
        place,
        affiliate_id,
        0 as people,
        0 as orders,
        0 as repeat_orders,
        sum(net_amount) as net_amount
    from placed
    group by sales_month, place, affiliate_id
    union all
    select
        sales_month,
        place,
        affiliate_id,
        0 as people,
        count(*) as orders,
        sum(is_repeat) as repeat_orders,
        0.00 as net_amount
    from orders
    group by sales_month, place, affiliate_id
    union all
    select
        sales_month,
        place,
        affiliate_id,
        count(*) as people,
        0 as orders,
        0 as repeat_orders,
        0.00 as net_amount
    from customers
    group by sales_month, place, affiliate_id
),

by_affiliate as (
    select
        distinct_people.sales_month,
        distinct_people.place,
        distinct_people.customers,
        added.affiliate_id,
        sum(added.people) as people,
        sum(added.orders) as orders,
        sum(added.repeat_orders) as repeat_orders,
        sum(added.net_amount) as net_amount
    from distinct_people
    inner join added_by_affiliate as added
        on distinct_people.sales_month = added.sales_month and distinct_people.place >= added.place
    group by
        distinct_people.sales_month, distinct_people.place, distinct_people.customers,
        added.affiliate_id
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
