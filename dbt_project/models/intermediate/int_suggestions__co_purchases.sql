{# Products bought by the same customers of an affiliate. Only the newest purchases count, because
   pairs grow with the square of a basket, and only pairs with a minimum number of customers, so
   that no one can be identified. #}
with baskets as (
    select
        affiliate_id,
        affiliate_customer_id,
        product_id,
        row_number() over (
            partition by affiliate_id, affiliate_customer_id
            order by last_ordered_at desc, product_id
        ) as newness
    from {{ ref('int_interests__evidence') }}
    where kept_quantity > 0
),

recent as (
    select * from baskets
    where newness <= {{ var('suggestion_basket_cap') }}
),

buyers as (
    select
        affiliate_id,
        product_id,
        count(*) as customers
    from recent
    group by affiliate_id, product_id
),

affiliates as (
    select
        affiliate_id,
        count(*) as customers
    from recent
    where newness = 1
    group by affiliate_id
),

pairs as (
    select
        one.affiliate_id,
        one.product_id as first_product_id,
        other.product_id as second_product_id,
        count(*) as customers
    from recent as one
    inner join recent as other
        on
            one.affiliate_id = other.affiliate_id
            and one.affiliate_customer_id = other.affiliate_customer_id
            and one.product_id < other.product_id
    group by one.affiliate_id, one.product_id, other.product_id
    having count(*) >= {{ var('suggestion_minimum_customers') }}
),

both_ways as (
    select
        affiliate_id,
        first_product_id as product_id,
        second_product_id as other_product_id,
        customers
    from pairs
    union all
    select
        affiliate_id,
        second_product_id as product_id,
        first_product_id as other_product_id,
        customers
    from pairs
),

lifted as (
    select
        both_ways.*,
        {{ rounded_ratio(
            'both_ways.customers * affiliates.customers', 'one.customers * other.customers'
        ) }} as lift
    from both_ways
    inner join affiliates on both_ways.affiliate_id = affiliates.affiliate_id
    inner join buyers as one
        on both_ways.affiliate_id = one.affiliate_id and both_ways.product_id = one.product_id
    inner join buyers as other
        on
            both_ways.affiliate_id = other.affiliate_id
            and both_ways.other_product_id = other.product_id
)

select
    affiliate_id,
    product_id,
    other_product_id,
    cast(customers as integer) as customers,
    cast(lift as decimal(18, 6)) as lift,
    cast(row_number() over (
        partition by affiliate_id, product_id
        order by lift desc, customers desc, other_product_id
    ) as integer) as place
from lifted
