{# The best sellers of the person's favourite category at the affiliates the person knows, without
   what was bought already. A product must have sold to 5 people before it is offered to others. #}
with popular as (
    select
        bought.affiliate_id,
        bought.product_id,
        lower(trim(products.category)) as category,
        count(*) as buyers
    from {{ ref('int_customers__products_bought') }} as bought
    inner join {{ ref('stg_oltp__products') }} as products
        on bought.product_id = products.product_id and bought.affiliate_id = products.affiliate_id
    where products.is_active and bought.net_quantity > 0
    group by bought.affiliate_id, bought.product_id, lower(trim(products.category))
    having count(*) >= 5
),

-- ranked before it meets the people: nobody needs more than the head of a category's list
heads as (
    select
        *,
        row_number() over (
            partition by affiliate_id, category order by buyers desc, product_id
        ) as place
    from popular
),

known_affiliates as (
    select distinct
        customer_id,
        affiliate_id
    from {{ ref('customer_xref') }}
),

favourites as (
    select
        interests.customer_id,
        interests.value as category,
        known_affiliates.affiliate_id
    from {{ ref('customer_interests') }} as interests
    inner join known_affiliates on interests.customer_id = known_affiliates.customer_id
    where interests.dimension = 'category' and interests.rank = 1 and interests.score > 0
),

ranked as (
    select
        favourites.customer_id,
        favourites.affiliate_id,
        favourites.category,
        heads.product_id,
        heads.buyers,
        row_number() over (
            partition by favourites.customer_id
            order by heads.buyers desc, heads.product_id, heads.affiliate_id
        ) as place
    from favourites
    inner join heads
        on
            favourites.affiliate_id = heads.affiliate_id
            and favourites.category = heads.category
            and heads.place <= 20
    left join {{ ref('int_customers__products_bought') }} as bought
        on
            favourites.customer_id = bought.customer_id
            and heads.affiliate_id = bought.affiliate_id
            and heads.product_id = bought.product_id
    where bought.product_id is null
)

select
    customer_id,
    {{ struct_list({
        'affiliate_id': 'affiliate_id',
        'product_id': 'product_id',
        'score': 'buyers',
        'reason': "'bought by ' || cast(buyers as text) || ' others in ' || category"
    }, 'place') }} as next_best_products
from ranked
where place <= 5
group by customer_id
