with products as (
    select
        visits.customer_id,
        visits.affiliate_id,
        visits.product_id,
        count(*) as visits,
        max(visits.visited_at) as last_at
    from {{ ref('int_visits__customer_visits') }} as visits
    where visits.product_id is not null
    group by visits.customer_id, visits.affiliate_id, visits.product_id
),

ranked as (
    select
        products.*,
        bought.product_id is null as is_not_bought,
        row_number() over (
            partition by products.customer_id
            order by products.last_at desc, products.product_id, products.affiliate_id
        ) as newness
    from products
    left join {{ ref('int_customers__products_bought') }} as bought
        on
            products.customer_id = bought.customer_id
            and products.affiliate_id = bought.affiliate_id
            and products.product_id = bought.product_id
),

-- the newest 50: a longer list says more about the person than any campaign needs
lists as (
    select
        customer_id,
        {{ struct_list({
            'affiliate_id': 'affiliate_id',
            'product_id': 'product_id',
            'visits': 'visits',
            'last_at': 'last_at'
        }, 'newness') }} as products_visited
    from ranked
    where newness <= 50
    group by customer_id
),

counts as (
    select
        customer_id,
        count(*) as products_visited_count,
        sum(case when is_not_bought then 1 else 0 end) as visited_not_bought_count
    from ranked
    group by customer_id
)

select
    counts.customer_id,
    lists.products_visited,
    counts.products_visited_count,
    counts.visited_not_bought_count
from counts
inner join lists on counts.customer_id = lists.customer_id
